/** A file that `mlserve bench --output` wrote → what of the run is compared, or USAGE for any other file. */
import { MlserveError } from '../errors.ts';
import type { ComparedRun } from '../load/compare-runs.ts';
import type { LoadRun } from '../load/run.ts';
import type { Io } from '../ports.ts';

export type Baseline = ComparedRun & Pick<LoadRun, 'startedAt'>;

type Shape = { readonly [name: string]: 'text' | 'number' | 'boolean' | 'time' | Shape | readonly [Shape] };

const SHAPE: Shape = {
  startedAt: 'text',
  target: { kind: 'text', name: 'text' },
  models: [{ name: 'text', version: 'text', digest: 'text' }],
  runtime: 'text',
  machine: { cpu: 'text', cpus: 'number', platform: 'text' },
  load: { seed: 'number', durationMs: 'number' },
  rates: [{ rate: 'number', offered: 'number', answeredPerSecond: 'number', p50Ms: 'time', p99Ms: 'time' }],
};

/** Throws USAGE, FILE_NOT_FOUND. */
export async function readBaseline(path: string, { files }: Pick<Io, 'files'>): Promise<Baseline> {
  const text = await files.readText(path);
  const run = parse(text);
  const wrong = misfit(run, SHAPE, '') ?? misfitOfSaturation(run);
  if (wrong === undefined) return run as Baseline;
  throw new MlserveError('USAGE', `the baseline is no result of mlserve bench: ${wrong}`, {
    where: path,
    hint: 'write one with "mlserve bench --output"',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is missing or of another type, in words; undefined where all is as it should be. Members that are not asked for may be there. */
function misfit(value: unknown, shape: Shape, at: string): string | undefined {
  if (typeof value !== 'object' || value === null) return at === '' ? 'it is no JSON object' : `${at} is no object`;
  for (const [name, wanted] of Object.entries(shape)) {
    const found = misfitOf((value as Readonly<Record<string, unknown>>)[name], wanted, `${at}/${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function misfitOf(value: unknown, wanted: Shape[string], at: string): string | undefined {
  switch (wanted) {
    case 'text':
      return typeof value === 'string' ? undefined : `${at} is no text`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `${at} is neither true nor false`;
    case 'number':
      return isAmount(value) ? undefined : `${at} is no number`;
    case 'time':
      return value === null || (isAmount(value) && value > 0) ? undefined : `${at} is no time`;
    default:
      if (!Array.isArray(wanted)) return misfit(value, wanted as Shape, at);
      if (!Array.isArray(value)) return `${at} is no list`;
      return value.map((each, index) => misfit(each, wanted[0], `${at}/${index}`)).find((found) => found !== undefined);
  }
}

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

function misfitOfSaturation(run: unknown): string | undefined {
  const { saturation } = run as { readonly saturation: unknown };
  if (saturation === null) return undefined;
  return misfit(saturation, { perSecond: 'number', isLimit: 'boolean' }, '/saturation');
}

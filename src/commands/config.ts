/** `mlserve config`: a project → its resolved spec, with where each value came from. */
import type { Issue } from '../issue.ts';
import type { Io } from '../ports.ts';
import { formatPath } from '../service/config-path.ts';
import { type Origin, valuesOf } from '../service/origins.ts';
import { openProject } from './project.ts';

export interface ConfigOptions {
  readonly project: string;
}

export interface ConfigResult {
  /** The service spec as plain JSON: mappings of labels are objects. */
  readonly spec: unknown;
  /** Every value of the spec in its order, by path, settings of a model only where they are its own: `server.port`, `models[0].features.columns[2].min`. */
  readonly values: readonly { readonly path: string; readonly value: unknown; readonly origin: Origin }[];
  /** Warnings. */
  readonly issues: readonly Issue[];
}

export async function config({ project: dir }: ConfigOptions, io: Io): Promise<ConfigResult> {
  const { spec, origins, issues } = await openProject(dir, {}, io);
  const values = [...valuesOf(spec)].flatMap(([at, value]) => {
    const path = formatPath(at);
    const origin = origins.get(path);
    // Without one it is a setting of the service that a model has not changed.
    return origin === undefined ? [] : [{ path, value: plain(value), origin }];
  });
  return { spec: plain(spec), values, issues };
}

/** One value a line: path, value as JSON, origin. Pure. */
export function renderConfig({ values }: ConfigResult): string {
  const width = Math.max(...values.map(({ path }) => path.length));
  return values
    .map(({ path, value, origin }) => `${path.padEnd(width)}  ${JSON.stringify(value)}  # ${origin}`)
    .join('\n');
}

function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

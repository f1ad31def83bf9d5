/** Golden examples or rows of a project → the requests of a load, each asked once: whoever refuses or is another model is found before it. */
import type { Issue } from '../issue.ts';
import type { LoadRequest } from '../load/load.ts';
import type { RunModel } from '../load/run.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { NO_TOLERANCES } from '../service/tolerance.ts';
import { type Asked, askPredict, predictRequest } from './ask-predict.ts';
import type { BenchOptions } from './bench-flags.ts';
import { judgeCase } from './judge-case.ts';
import { rowCases } from './row-cases.ts';
import { type GatheredCases, goldenCases, nothingAsked, type TestCase } from './test-cases.ts';

/** Each is asked once before the load. */
const MOST_REQUESTS = 1000;

export interface RequestSource {
  readonly dir: string;
  readonly spec: ServiceSpec;
  readonly models: readonly ServedModel[];
  readonly signal: AbortSignal;
}

/** One row in a request where rows were given. Throws INPUT_INVALID, FILE_NOT_FOUND. */
export async function benchCases(
  { dir, spec, models, signal }: RequestSource,
  { file, inputFormat }: Pick<BenchOptions, 'file' | 'inputFormat'>,
  io: Io,
): Promise<GatheredCases> {
  const [model] = models;
  const { cases, issues } =
    file === undefined || model === undefined
      ? await goldenCases({ dir, models, isUpdate: true }, io)
      : { cases: await rowCases({ file, inputFormat, rowsPerRequest: 1 }, { spec, model, signal }, io), issues: [] };
  return { cases: cases.slice(0, MOST_REQUESTS), issues: [...issues, ...nothingAsked(cases)] };
}

export interface AskedOnce {
  readonly requests: readonly LoadRequest[];
  /** That answered. */
  readonly models: readonly RunModel[];
  readonly issues: readonly Issue[];
}

/** What is answered is not compared with what is expected: `mlserve test` does that. Throws SERVICE_UNREACHABLE. */
export async function askOnce(cases: readonly TestCase[], asked: Asked, target: string): Promise<AskedOnce> {
  const requests: LoadRequest[] = [];
  const models = new Map<string, RunModel>();
  const issues: Issue[] = [];
  for (const one of cases) {
    const answer = await askPredict(one.request, one.model, asked);
    const [judged] = judgeCase({ ...one, expected: undefined }, [{ ...answer, target, durationMs: 0 }], NO_TOLERANCES);
    issues.push(...(judged?.issues ?? []));
    const { name, version, digest } = answer.identity;
    if (name !== undefined && version !== undefined && digest !== undefined) {
      models.set(`${name}@${version}@${digest}`, { name, version, digest });
    }
    const { target: path, body } = predictRequest(one.request, one.model);
    requests.push({ path, body });
  }
  return { requests, models: [...models.values()], issues };
}

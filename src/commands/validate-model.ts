/** One model of a service → the findings about it: its file, and its features and outputs against its signature. */
import type { Issue } from '../issue.ts';
import type { Digest } from '../model/fingerprint.ts';
import type { Io } from '../ports.ts';
import { checkFeatures } from '../service/check-features.ts';
import type { ModelSpec, ServiceSpec } from '../service/spec.ts';
import { declaredOptions } from './declared-options.ts';
import { type ExaminedModel, examineModel } from './examine-model.ts';

export interface CheckedModel {
  /** Its path. */
  readonly model: string;
  /** Null for a file that no project names. */
  readonly name: string | null;
  readonly version: string | null;
  /** Null where an error keeps it from being identified, and for a file that no project names without a run. */
  readonly digest: Digest | null;
  /** What the separate process measured; null when nothing was run. */
  readonly probe: { readonly loadMs: number; readonly runMs: number; readonly peakBytes: number } | null;
}

export interface CheckModelOptions {
  /** Path relative to `io.cwd`. */
  readonly path: string;
  /** The model as messages name it. */
  readonly name: string;
  readonly spec: ServiceSpec;
  /** Undefined for a bare file: nothing is declared about it. */
  readonly model: ModelSpec | undefined;
  readonly run: boolean;
  /** Gives findings about what is declared their place in the configuration; as they are where absent. */
  readonly place?: (declared: readonly Issue[]) => readonly Issue[];
}

export async function checkModel(
  { path, name, spec, model, run, place = (issues) => issues }: CheckModelOptions,
  io: Io,
): Promise<{ readonly checked: CheckedModel; readonly issues: readonly Issue[] }> {
  const examined = await examineModel({ ...declaredOptions(spec, model), path, name, run }, io);
  const { structure, issues } = examined;
  const declared = structure === undefined || model === undefined ? [] : checkFeatures(model, structure.signature);
  const named = { name: model?.name ?? null, version: model?.version ?? null, digest: null };
  return { checked: { model: name, ...named, probe: measured(examined) }, issues: [...issues, ...place(declared)] };
}

function measured({ probe }: ExaminedModel): CheckedModel['probe'] {
  if (probe?.status !== 'ok') return null;
  const { loadMs, runMs, peakBytes } = probe;
  return { loadMs, runMs, peakBytes };
}

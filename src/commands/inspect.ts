/** A model file → its summary and its digests. */
import { MlserveError } from '../errors.ts';
import type { Issue } from '../issue.ts';
import type { Fingerprint } from '../model/fingerprint.ts';
import { readModel } from '../model/read-model.ts';
import { RUNTIME_LIMITS } from '../model/runtime-limits.ts';
import { type ModelSummary, summarize } from '../model/summary.ts';
import type { Io } from '../ports.ts';
import { type IdentifiedFile, type Identity, identify } from './identify-model.ts';
import { stampFile } from './same-files.ts';

export { renderInspect } from './render-inspect.ts';

export interface InspectOptions {
  readonly model: string;
  /** False leaves the weights unread. */
  readonly digests: boolean;
}

export interface InspectResult extends ModelSummary {
  readonly model: string;
  /** Undefined when they were not wanted, or could not be computed: then `issues` says why. */
  readonly digests: Fingerprint | undefined;
  readonly files: readonly IdentifiedFile[];
  readonly issues: readonly Issue[];
}

/** Throws MODEL_INVALID when the file is no model. */
export async function inspect({ model, digests }: InspectOptions, io: Io): Promise<InspectResult> {
  const stamp = await stampFile(model, io.files);
  const source = await io.files.open(model);
  try {
    const structure = readModel(source, model);
    const summary = { model, ...summarize(structure, source, RUNTIME_LIMITS) };
    if (!digests) return { ...summary, digests: undefined, files: [], issues: [] };
    const identity = await identifyOrIssue(() => identify({ path: model, stamp, structure, source }, io.files), model);
    if ('rule' in identity) return { ...summary, digests: undefined, files: [], issues: [identity] };
    return { ...summary, digests: identity.fingerprint, files: identity.files, issues: [] };
  } finally {
    source.close();
  }
}

/** A model that lacks its data can still be looked at. */
async function identifyOrIssue(work: () => Promise<Identity>, model: string): Promise<Identity | Issue> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MlserveError)) throw error;
    const { message, where = model, hint } = error;
    const finding = { rule: 'model.no-digests', severity: 'error', where, message: `no digests: ${message}` } as const;
    return hint === undefined ? finding : { ...finding, hint };
  }
}

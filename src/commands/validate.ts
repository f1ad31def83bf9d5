/** `mlserve validate`: a project folder or a bare model file → every finding, and what was checked. */
import { hasErrors, type Issue, renderIssues } from '../issue.ts';
import type { Io } from '../ports.ts';
import { type ExaminedModel, examineModel } from './examine-model.ts';

export interface ValidateOptions {
  /** A project folder or a model file, relative to `io.cwd`. */
  readonly target: string;
  /** False: rules alone. */
  readonly run: boolean;
  /** Milliseconds. */
  readonly loadTimeout?: number | undefined;
  /** MiB. */
  readonly loadMemory?: number | undefined;
}

export interface CheckedModel {
  readonly model: string;
  /** What the separate process measured; null when nothing was run. */
  readonly probe: { readonly loadMs: number; readonly runMs: number; readonly peakBytes: number } | null;
}

export interface ValidateResult {
  readonly target: string;
  readonly models: readonly CheckedModel[];
  readonly issues: readonly Issue[];
}

/** Rows of the largest batch when no project says it. */
const BARE_ROWS = 1;

export async function validate(options: ValidateOptions, io: Io): Promise<ValidateResult> {
  const { target, run, loadTimeout, loadMemory } = options;
  const limits = {
    ...(loadTimeout === undefined ? {} : { timeoutMs: loadTimeout }),
    ...(loadMemory === undefined ? {} : { memoryBytes: loadMemory * 2 ** 20 }),
  };
  const examined = await examineModel({ path: target, maxRows: BARE_ROWS, limits, run }, io);
  return { target, models: [checkedModel(target, examined)], issues: examined.issues };
}

export function checkedModel(model: string, { probe }: ExaminedModel): CheckedModel {
  if (probe?.status !== 'ok') return { model, probe: null };
  const { loadMs, runMs, peakBytes } = probe;
  return { model, probe: { loadMs, runMs, peakBytes } };
}

/** Findings first, then one line a model, then the verdict. Pure. */
export function renderValidate({ target, models, issues }: ValidateResult): string {
  const ran = models.flatMap(({ model, probe }) =>
    probe === null
      ? []
      : [
          `  ok ${model}: loaded in ${probe.loadMs.toFixed(0)} ms, ran in ${probe.runMs.toFixed(1)} ms, ` +
            `peak memory ${Math.round(probe.peakBytes / 2 ** 20)} MiB`,
        ],
  );
  const count = (severity: Issue['severity']): number => issues.filter((issue) => issue.severity === severity).length;
  const verdict = `${target}: ${hasErrors(issues) ? 'not valid' : 'valid'} (${count('error')} errors, ${count('warning')} warnings)`;
  return [...(issues.length > 0 ? [renderIssues(issues)] : []), ...ran, verdict].join('\n');
}

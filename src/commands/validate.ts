/** `mlserve validate`: a project folder or a bare model file → every finding, and what was checked. */
import { resolve } from 'node:path';
import { hasErrors, type Issue, renderIssues } from '../issue.ts';
import { plural } from '../plural.ts';
import type { Io } from '../ports.ts';
import type { SettingFlags } from '../service/resolve-settings.ts';
import { identifyModel } from './identify-model.ts';
import { openTarget } from './open-target.ts';
import { type CheckedModel, checkModel } from './validate-model.ts';
import { validateProject } from './validate-project.ts';

export interface ValidateOptions {
  /** A project folder or a model file, relative to `io.cwd`. */
  readonly target: string;
  /** A missing lock is an error. */
  readonly frozen: boolean;
  /** False: nothing is given to the runtime, so golden examples are not asked either. */
  readonly run: boolean;
  /** As `limits.loadTimeoutMs` and `limits.loadMemoryBytes` are written: `30s`, `4GiB`. */
  readonly loadTimeout?: string | undefined;
  readonly loadMemory?: string | undefined;
}

export interface ValidateResult {
  readonly target: string;
  readonly models: readonly CheckedModel[];
  /** Golden examples that were asked, and how many of them answered as they should. */
  readonly examples: { readonly asked: number; readonly passed: number };
  readonly issues: readonly Issue[];
}

/** Throws PROJECT_NOT_FOUND, FILE_NOT_FOUND, LOCK_UNREADABLE; everything else that is wrong is a finding. */
export async function validate(options: ValidateOptions, io: Io): Promise<ValidateResult> {
  const { target, run } = options;
  const flags: SettingFlags = {
    'limits.loadTimeoutMs': options.loadTimeout,
    'limits.loadMemoryBytes': options.loadMemory,
  };
  const stat = await io.files.stat(await io.files.realPath(resolve(io.cwd, target)));
  if (stat?.kind !== 'file') return validateProject({ ...options, flags }, io);
  const { spec } = await openTarget(target, flags, io);
  const { checked, issues } = await checkModel({ path: target, name: target, spec, model: undefined, run }, io);
  const digest =
    run && !hasErrors(issues) ? (await identifyModel(resolve(io.cwd, target), io.files)).fingerprint.model : null;
  return { target, models: [{ ...checked, digest }], examples: { asked: 0, passed: 0 }, issues };
}

/** Findings first, then what was seen to work, then the verdict. Pure. */
export function renderValidate({ target, models, examples, issues }: ValidateResult): string {
  const lines = issues.length > 0 ? [renderIssues(issues)] : [];
  for (const { model, probe } of models) {
    if (probe === null) continue;
    const times = `loaded in ${probe.loadMs.toFixed(0)} ms, ran in ${probe.runMs.toFixed(1)} ms`;
    lines.push(`  ok ${model}: ${times}, peak memory ${Math.round(probe.peakBytes / 2 ** 20)} MiB`);
  }
  if (examples.asked > 0)
    lines.push(`  ${examples.passed} of ${plural(examples.asked, 'golden example')} answered as expected`);
  const count = (severity: Issue['severity']): string =>
    plural(issues.filter((issue) => issue.severity === severity).length, severity);
  const verdict = hasErrors(issues) ? 'not valid' : 'valid';
  return [...lines, `${target}: ${verdict} (${count('error')}, ${count('warning')})`].join('\n');
}

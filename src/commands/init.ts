/** `mlserve init`: a model file × answers → a project folder that validates and serves, made in one step or not at all. */
import { MlserveError } from '../errors.ts';
import type { Issue } from '../issue.ts';
import type { LockedModel } from '../lock/lock.ts';
import type { Io, StagedFile, StagedFolder } from '../ports.ts';
import { askAnswers, type InitFlags } from './init-answers.ts';
import { fillProject } from './init-project.ts';
import { interruptible } from './interruptible.ts';

export interface InitOptions extends InitFlags {
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface InitResult {
  readonly dir: string;
  readonly name: string;
  readonly models: readonly Pick<LockedModel, 'name' | 'version' | 'digests'>[];
  readonly files: readonly StagedFile[];
  readonly dryRun: boolean;
  /** What was changed or decided, a sentence each. */
  readonly notes: readonly string[];
  /** Findings about the model below error. */
  readonly issues: readonly Issue[];
}

/** Throws MODEL_INVALID for a model that cannot be served, FILE_EXISTS for files that would be replaced without `force`. */
export async function init(options: InitOptions, io: Io): Promise<InitResult> {
  const answers = await askAnswers(options, io);
  const stages: StagedFolder[] = [];
  try {
    const { staged, ...filled } = await interruptible(io, async (signal) => {
      const staged = await io.files.stage(answers.dir, { isTrial: options.dryRun });
      stages.push(staged);
      return { staged, ...(await fillProject(answers, { folder: staged.path, signal }, io)) };
    });
    const files = await staged.compare();
    const changed = files.filter(({ state }) => state !== 'same');
    if (!options.force) refuseReplacing(answers.dir, changed);
    if (!options.dryRun && changed.length > 0) await staged.commit(changed.map(({ path }) => path));
    const { models, notes, issues } = filled;
    for (const { severity, rule, where, message } of issues) {
      const line = `${rule} ${where}: ${message}`;
      if (severity === 'info') io.terminal.info(line);
      else io.terminal.warn(line);
    }
    for (const note of notes) io.terminal.warn(note);
    return { dir: answers.dir, name: answers.name, models, files, dryRun: options.dryRun, notes, issues };
  } finally {
    for (const staged of stages) await staged.discard();
  }
}

function refuseReplacing(dir: string, files: readonly StagedFile[]): void {
  const there = files.filter(({ state }) => state === 'different');
  if (there.length === 0) return;
  throw new MlserveError('FILE_EXISTS', 'these files are there with other content, so nothing was written', {
    where: dir,
    hint: 'add --force to replace them, or choose another folder',
    issues: there.map(({ path }) => ({
      rule: 'init.exists',
      severity: 'error',
      where: path,
      message: 'would be replaced',
    })),
  });
}

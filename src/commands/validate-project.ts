/** A project folder → every finding about its configuration, models, lock and golden examples. */
import { join, resolve } from 'node:path';
import { MlserveError } from '../errors.ts';
import { hasErrors, type Issue } from '../issue.ts';
import { absentLock } from '../lock/absent-lock.ts';
import { findDrift } from '../lock/drift.ts';
import type { Digest } from '../model/fingerprint.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { placeIssues } from '../service/place-issues.ts';
import type { SettingFlags } from '../service/resolve-settings.ts';
import { type Project, readConfig, readLock } from './project.ts';
import { runExamples } from './run-examples.ts';
import { readServedModels } from './served-models.ts';
import type { ValidateOptions, ValidateResult } from './validate.ts';
import { type CheckedModel, checkModel } from './validate-model.ts';

export async function validateProject(
  { target, frozen, run, flags }: ValidateOptions & { readonly flags: SettingFlags },
  io: Io,
): Promise<ValidateResult> {
  const { spec, issues: configured, locate } = await readConfig(target, flags, io);
  const issues: Issue[] = [...configured];
  const checkedModels: CheckedModel[] = [];
  const none = { asked: 0, passed: 0 };
  if (hasErrors(issues)) return { target, models: [], examples: none, issues };
  const dir = resolve(io.cwd, target);
  const project: Project = { dir, spec, lock: await readLock(dir, io) };
  for (const [at, model] of spec.models.entries()) {
    const path = join(dir, model.path);
    const place = (declared: readonly Issue[]) => placeIssues(declared, model, at, locate);
    const { checked, issues: found } = await orMissing(
      model.path,
      checkModel({ path, name: model.path, spec, model, run, place }, io),
    );
    if (checked !== undefined) checkedModels.push(checked);
    issues.push(...found);
  }
  // With a broken model there is nothing to identify and nobody to ask.
  if (hasErrors(issues)) return { target, models: checkedModels, examples: none, issues };
  const served = await readServedModels(project, io);
  const models = checkedModels.map((each) => ({ ...each, digest: digestOf(each, served.models) }));
  const { lock } = project;
  issues.push(...(lock === undefined ? [absentLock(frozen ? 'error' : 'warning')] : findDrift(lock, served.current)));
  if (!run) return { target, models, examples: none, issues };
  const { issues: answers, ...examples } = await runExamples(project, served, io);
  return { target, models, examples, issues: [...issues, ...answers] };
}

function digestOf({ name, version }: CheckedModel, served: readonly ServedModel[]): Digest | null {
  return served.find(({ spec }) => spec.name === name && spec.version === version)?.fingerprint.model ?? null;
}

async function orMissing<T extends { readonly issues: readonly Issue[] }>(
  where: string,
  work: Promise<T>,
): Promise<T | { readonly checked: undefined; readonly issues: readonly Issue[] }> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof MlserveError) || error.code !== 'FILE_NOT_FOUND') throw error;
    const hint = 'correct `path` in mlserve.yaml, or bring the file back';
    return {
      checked: undefined,
      issues: [{ rule: 'model.missing', severity: 'error', where, message: 'the model file does not exist', hint }],
    };
  }
}

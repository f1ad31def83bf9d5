/** A project → each of its models judged by the rules, identified, compared with the lock and compiled: what a server answers for. */
import { MlserveError } from '../errors.ts';
import type { Issue } from '../issue.ts';
import { lockMissing } from '../lock/absent-lock.ts';
import { createLock } from '../lock/create-lock.ts';
import { findDrift } from '../lock/drift.ts';
import type { Lock } from '../lock/lock.ts';
import { LOCK_FILE } from '../lock/lockfile.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import type { Project } from './project.ts';
import type { ModelStamps } from './same-files.ts';
import { type ReadModel, readServedModel } from './served-model.ts';

export interface ServedModels {
  /** In the order of the spec. */
  readonly models: readonly ServedModel[];
  /** Findings of severity warning and info, each with the name of its model. */
  readonly issues: readonly (Issue & { readonly model: string })[];
  /** The lock that records what was read. */
  readonly current: Lock;
  /** The files of each model, by its key, as they were before they were hashed. */
  readonly stamps: ModelStamps;
}

/**
 * Reads every byte of every model once. Throws MODEL_INVALID for findings of severity error. The lock is not asked. `generation` tells the keys
 * of models that are read again from those of before.
 */
export async function readServedModels(project: Project, io: Io, generation = 0): Promise<ServedModels> {
  const { spec } = project;
  const loaded: ReadModel[] = [];
  for (const model of spec.models) loaded.push(await readServedModel(project, { model, generation }, io));
  const models = loaded.map((each) => each.locked);
  const { version: runtimeVersion } = await io.runtime();
  return {
    models: loaded.map((each) => each.model),
    issues: loaded.flatMap(({ model, issues }) => issues.map((issue) => ({ ...issue, model: model.spec.name }))),
    current: createLock({ service: spec, runtimeVersion, models }),
    stamps: new Map(loaded.map(({ model, stamps }) => [model.key, stamps])),
  };
}

/** The same, held against the lock. Throws LOCK_MISMATCH; LOCK_MISSING when there is none and `frozen` asks for one. */
export async function loadServedModels(
  project: Project,
  io: Io,
  { frozen, generation = 0 }: { readonly frozen: boolean; readonly generation?: number },
): Promise<ServedModels> {
  const { dir, lock } = project;
  if (lock === undefined && frozen) throw lockMissing(dir);
  const served = await readServedModels(project, io, generation);
  const issues = lock === undefined ? [] : findDrift(lock, served.current);
  if (issues.length === 0) return served;
  throw new MlserveError('LOCK_MISMATCH', `what is on disk is not what ${LOCK_FILE} records`, { issues });
}

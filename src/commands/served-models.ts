/** A project → each of its models judged by the rules, identified, compared with the lock and compiled: what a server answers for. */
import { join } from 'node:path';
import { MlserveError } from '../errors.ts';
import { hasErrors, type Issue } from '../issue.ts';
import { lockMissing } from '../lock/absent-lock.ts';
import { createLock } from '../lock/create-lock.ts';
import { findDrift } from '../lock/drift.ts';
import type { Lock, LockedModel } from '../lock/lock.ts';
import { LOCK_FILE } from '../lock/lockfile.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { compileFeatures } from '../service/compile-features.ts';
import { compileOutputs } from '../service/compile-outputs.ts';
import type { ModelSpec } from '../service/spec.ts';
import { lockedModel } from './current-lock.ts';
import { declaredOptions } from './declared-options.ts';
import { examineModel } from './examine-model.ts';
import { identifyModel } from './identify-model.ts';
import type { Project } from './project.ts';
import type { FileStamp, ModelStamps } from './same-files.ts';

export interface ServedModels {
  /** In the order of the spec. */
  readonly models: readonly ServedModel[];
  /** Findings of severity warning and info, each with the name of its model. */
  readonly issues: readonly (Issue & { readonly model: string })[];
  /** The lock that records what was read. */
  readonly current: Lock;
  /** The files of each model, by its absolute path, as they were before they were hashed. */
  readonly stamps: ModelStamps;
}

/** Reads every byte of every model once. Throws MODEL_INVALID for findings of severity error. The lock is not asked. */
export async function readServedModels({ dir, spec }: Project, io: Io): Promise<ServedModels> {
  const loaded = [];
  for (const model of spec.models) loaded.push(await readServedModel({ dir, spec }, model, io));
  const models = loaded.map((each) => each.locked);
  const { version: runtimeVersion } = await io.runtime();
  return {
    models: loaded.map((each) => each.model),
    issues: loaded.flatMap(({ model, issues }) => issues.map((issue) => ({ ...issue, model: model.spec.name }))),
    current: createLock({ service: spec, runtimeVersion, models }),
    stamps: new Map(loaded.map(({ model, stamps }) => [join(dir, model.spec.path), stamps])),
  };
}

/** The same, held against the lock. Throws LOCK_MISMATCH; LOCK_MISSING when there is none and `frozen` asks for one. */
export async function loadServedModels(project: Project, io: Io, frozen: boolean): Promise<ServedModels> {
  const { dir, lock } = project;
  if (lock === undefined && frozen) throw lockMissing(dir);
  const served = await readServedModels(project, io);
  const issues = lock === undefined ? [] : findDrift(lock, served.current);
  if (issues.length === 0) return served;
  throw new MlserveError('LOCK_MISMATCH', `what is on disk is not what ${LOCK_FILE} records`, { issues });
}

interface Loaded {
  readonly model: ServedModel;
  readonly issues: readonly Issue[];
  readonly locked: LockedModel;
  readonly stamps: readonly FileStamp[];
}

async function readServedModel(project: Pick<Project, 'dir' | 'spec'>, spec: ModelSpec, io: Io): Promise<Loaded> {
  const path = join(project.dir, spec.path);
  const declared = declaredOptions(project.spec, spec);
  const { issues } = await examineModel({ ...declared, path, name: spec.path, run: false }, io);
  if (hasErrors(issues)) {
    throw new MlserveError('MODEL_INVALID', `model "${spec.name}" cannot be served`, { where: spec.path, issues });
  }
  const identity = await identifyModel(path, io.files);
  const { signature } = identity.structure;
  const features = spec.features && compileFeatures(spec.features, signature);
  const outputs = compileOutputs(spec.outputs, signature);
  const model: ServedModel = { spec, fingerprint: identity.fingerprint, signature, features, outputs };
  return { model, locked: lockedModel(spec, identity, signature), issues, stamps: identity.stamps };
}

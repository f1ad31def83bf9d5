/** A project → each of its models judged by the rules, identified, compared with the lock and compiled: what a server answers for. */
import { join } from 'node:path';
import { MlserveError } from '../errors.ts';
import { hasErrors, type Issue } from '../issue.ts';
import { createLock } from '../lock/create-lock.ts';
import { findDrift } from '../lock/drift.ts';
import type { LockedModel } from '../lock/lock.ts';
import { LOCK_FILE } from '../lock/lockfile.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { compileFeatures } from '../service/compile-features.ts';
import { compileOutputs } from '../service/compile-outputs.ts';
import { schemaDigest } from '../service/schema-digest.ts';
import type { ModelSpec } from '../service/spec.ts';
import { declaredOptions } from './declared-options.ts';
import { examineModel } from './examine-model.ts';
import { identifyModel } from './identify-model.ts';
import type { Project } from './project.ts';

export interface ServedModels {
  /** In the order of the spec. */
  readonly models: readonly ServedModel[];
  /** Findings of severity warning and info. */
  readonly issues: readonly Issue[];
}

export interface ServedModelsOptions {
  /** A project without a lock is LOCK_MISSING. */
  readonly frozen: boolean;
  readonly runtimeVersion: string;
}

/** Reads every byte of every model. Throws MODEL_INVALID for findings of severity error, LOCK_MISMATCH, LOCK_MISSING. */
export async function loadServedModels(project: Project, io: Io, options: ServedModelsOptions): Promise<ServedModels> {
  const { spec, lock } = project;
  if (lock === undefined && options.frozen) {
    throw new MlserveError('LOCK_MISSING', `there is no ${LOCK_FILE}`, {
      where: project.dir,
      hint: 'run "mlserve lock" and commit the file',
    });
  }
  const loaded = [];
  for (const model of spec.models) loaded.push(await loadServedModel(project, model, io));
  if (lock !== undefined) {
    const models = loaded.map((each) => each.locked);
    const issues = findDrift(lock, createLock({ service: spec, runtimeVersion: options.runtimeVersion, models }));
    if (issues.length > 0) {
      throw new MlserveError('LOCK_MISMATCH', `what is on disk is not what ${LOCK_FILE} records`, { issues });
    }
  }
  return { models: loaded.map((each) => each.model), issues: loaded.flatMap((each) => each.issues) };
}

interface Loaded {
  readonly model: ServedModel;
  readonly locked: LockedModel;
  readonly issues: readonly Issue[];
}

async function loadServedModel({ dir, spec: service }: Project, spec: ModelSpec, io: Io): Promise<Loaded> {
  const path = join(dir, spec.path);
  const declared = declaredOptions(service, spec);
  const { issues } = await examineModel({ ...declared, path, name: spec.path, run: false }, io);
  if (hasErrors(issues)) {
    throw new MlserveError('MODEL_INVALID', `model "${spec.name}" cannot be served`, { where: spec.path, issues });
  }
  const { structure, fingerprint, files } = await identifyModel(path, io.files);
  const { signature } = structure;
  const model: ServedModel = {
    spec,
    fingerprint,
    signature,
    features: spec.features && compileFeatures(spec.features, signature),
    outputs: compileOutputs(spec.outputs, signature),
  };
  const locked = { ...spec, digests: fingerprint, files, signature, schema: schemaDigest(spec) };
  return { model, locked, issues };
}

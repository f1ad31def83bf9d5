/** A project → the lock that records what is on disk now. Reads every byte of every model. */
import { join } from 'node:path';
import { createLock } from '../lock/create-lock.ts';
import type { Lock, LockedModel } from '../lock/lock.ts';
import type { Signature } from '../model/signature.ts';
import type { Io } from '../ports.ts';
import { schemaDigest } from '../service/schema-digest.ts';
import type { ModelSpec } from '../service/spec.ts';
import { type Identity, identifyModel } from './identify-model.ts';
import type { Project } from './project.ts';

/** Throws MODEL_INVALID and FILE_NOT_FOUND. */
export async function currentLock({ dir, spec }: Pick<Project, 'dir' | 'spec'>, io: Io): Promise<Lock> {
  const models: LockedModel[] = [];
  for (const model of spec.models) {
    const identity = await identifyModel(join(dir, model.path), io.files);
    models.push(lockedModel(model, identity, identity.structure.signature));
  }
  const { version: runtimeVersion } = await io.runtime();
  return createLock({ service: spec, runtimeVersion, models });
}

/** One model as a lock records it. */
export function lockedModel(model: ModelSpec, { fingerprint, files }: Identity, signature: Signature): LockedModel {
  const { name, version, path } = model;
  return { name, version, path, digests: fingerprint, files, signature, schema: schemaDigest(model) };
}

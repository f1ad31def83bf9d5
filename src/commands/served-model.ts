/** One model of a project → what a server answers for: judged by the rules, identified, compiled; and what a lock records of it. */
import { join } from 'node:path';
import { MlserveError } from '../errors.ts';
import { hasErrors, type Issue } from '../issue.ts';
import type { LockedModel } from '../lock/lock.ts';
import { isSurelyQuick } from '../model/quick.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { compileFeatures } from '../service/compile-features.ts';
import { compileOutputs } from '../service/compile-outputs.ts';
import type { ModelSpec } from '../service/spec.ts';
import { lockedModel } from './current-lock.ts';
import { declaredOptions } from './declared-options.ts';
import { examineModel } from './examine-model.ts';
import { firstGolden } from './first-golden.ts';
import { identifyModel } from './identify-model.ts';
import type { Project } from './project.ts';
import type { FileStamp } from './same-files.ts';

export interface ReadModel {
  readonly model: ServedModel;
  readonly issues: readonly Issue[];
  readonly locked: LockedModel;
  readonly stamps: readonly FileStamp[];
}

/** Throws MODEL_INVALID for findings of severity error. `generation` makes the key differ from that of an earlier reading. */
export async function readServedModel(
  project: Pick<Project, 'dir' | 'spec'>,
  { model: spec, generation }: { readonly model: ModelSpec; readonly generation: number },
  io: Io,
): Promise<ReadModel> {
  const path = join(project.dir, spec.path);
  const declared = declaredOptions(project.spec, spec);
  const { issues } = await examineModel({ ...declared, path, name: spec.path, run: false }, io);
  if (hasErrors(issues)) {
    throw new MlserveError('MODEL_INVALID', `model "${spec.name}" cannot be served`, { where: spec.path, issues });
  }
  const identity = await identifyModel(path, io.files);
  const { signature } = identity.structure;
  const isQuick = isSurelyQuick(identity.structure);
  const features = spec.features && compileFeatures(spec.features, signature);
  const outputs = compileOutputs(spec.outputs, signature);
  const key = `${spec.name}@${spec.version}#${generation}`;
  const golden = await firstGolden(project.dir, spec, io);
  const { fingerprint } = identity;
  const model: ServedModel = { key, spec, fingerprint, signature, isQuick, features, outputs, golden };
  return { model, locked: lockedModel(spec, identity, signature), issues, stamps: identity.stamps };
}

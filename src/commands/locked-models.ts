/** A locked project → its models as a server has them, by what the lock records of them: no file is read. */
import type { ServedModel } from '../server/contract.ts';
import { compileFeatures } from '../service/compile-features.ts';
import { compileOutputs } from '../service/compile-outputs.ts';
import type { LockedProject } from './prepared-image.ts';

/** In the order of the spec. */
export function lockedModels({ spec, lock }: Pick<LockedProject, 'spec' | 'lock'>): readonly ServedModel[] {
  return spec.models.flatMap((model) => {
    const locked = lock.models.find(({ name, version }) => name === model.name && version === model.version);
    if (locked === undefined) return [];
    const { signature, digests } = locked;
    const features = model.features && compileFeatures(model.features, signature);
    const outputs = compileOutputs(model.outputs, signature);
    return [{ key: `${model.name}@${model.version}`, spec: model, fingerprint: digests, signature, features, outputs }];
  });
}

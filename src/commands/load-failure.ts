/** A started engine → nothing, LOCK_MISMATCH for files that changed meanwhile, or MODEL_INVALID with the runtime's words for a model that failed to load. */
import type { Engine } from '../engine/engine.ts';
import { MlserveError } from '../errors.ts';
import type { Files } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { type ModelStamps, requireSameFiles } from './same-files.ts';

export interface Started {
  readonly engine: Engine;
  readonly models: readonly ServedModel[];
  readonly stamps: ModelStamps;
}

export async function failOnFailure({ engine, models, stamps }: Started, files: Files): Promise<void> {
  await requireSameFiles([...stamps.values()].flat(), files);
  for (const { key, spec } of models) {
    const status = engine.status(key);
    if (status?.state !== 'failed') continue;
    throw new MlserveError('MODEL_INVALID', `model "${spec.name}" does not load: ${status.reason}`, {
      where: spec.path,
      hint: 'run "mlserve validate" for what is known about it',
    });
  }
}

/** A started engine → nothing, LOCK_MISMATCH for files that changed meanwhile, or MODEL_INVALID with the runtime's words for a model that failed to load. */
import type { Engine } from '../engine/engine.ts';
import { MlserveError } from '../errors.ts';
import type { Files } from '../ports.ts';
import type { Project } from './project.ts';
import { type ModelStamps, requireSameFiles } from './same-files.ts';

export interface Started {
  readonly engine: Engine;
  readonly stamps: ModelStamps;
}

export async function failOnFailure({ spec }: Project, { engine, stamps }: Started, files: Files): Promise<void> {
  await requireSameFiles([...stamps.values()].flat(), files);
  const failed = engine.statuses().find((status) => status.state === 'failed');
  if (failed === undefined) return;
  throw new MlserveError('MODEL_INVALID', `model "${failed.name}" does not load: ${failed.reason}`, {
    where: spec.models.find((model) => model.name === failed.name)?.path ?? failed.name,
    hint: 'run "mlserve validate" for what is known about it',
  });
}

/** A started engine → nothing, or MODEL_INVALID with the runtime's words for the first model that failed to load. */
import type { Engine } from '../engine/engine.ts';
import { MlserveError } from '../errors.ts';
import type { Project } from './project.ts';

export function failOnFailure({ spec }: Project, engine: Engine): void {
  const failed = engine.statuses().find((status) => status.state === 'failed');
  if (failed === undefined) return;
  throw new MlserveError('MODEL_INVALID', `model "${failed.name}" does not load: ${failed.reason}`, {
    where: spec.models.find((model) => model.name === failed.name)?.path ?? failed.name,
    hint: 'run "mlserve validate" for what is known about it',
  });
}

/** A project × the name of one of its models → the same project with that model alone, so that nothing else is read or loaded. */
import { MlserveError } from '../errors.ts';
import type { Project } from './project.ts';

/** The first model without a name. What the lock records of the others is left out with them. Throws USAGE for an unknown name. */
export function chooseModel<P extends Project>(project: P, name: string | undefined): P {
  const { spec, lock } = project;
  const model = name === undefined ? spec.models[0] : spec.models.find((each) => each.name === name);
  if (model === undefined) {
    throw new MlserveError('USAGE', `there is no model "${name}" in the project`, {
      where: '--model',
      hint: `it has: ${spec.models.map((each) => each.name).join(', ')}`,
    });
  }
  const models = lock?.models.filter((each) => each.name === model.name) ?? [];
  return { ...project, spec: { ...spec, models: [model] }, lock: lock && { ...lock, models } };
}

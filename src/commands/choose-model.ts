/** A project × the name of one of its models → the same project with that model alone, so that nothing else is read or loaded. */
import { MlserveError } from '../errors.ts';
import type { Project } from './project.ts';

/**
 * `name` is that of a model, or `name@version`; the first model where it is absent, the first version where none is named. What the lock records of
 * others is left out with them. Throws USAGE for an unknown name.
 */
export function chooseModel<P extends Project>(project: P, name: string | undefined): P {
  const { spec, lock } = project;
  const isWanted = (model: { name: string; version: string }): boolean =>
    name === undefined || model.name === name || `${model.name}@${model.version}` === name;
  const model = spec.models.find(isWanted);
  const isOne = (one: string): boolean => spec.models.filter((each) => each.name === one).length === 1;
  if (model === undefined) {
    throw new MlserveError('USAGE', `there is no model "${name}" in the project`, {
      where: '--model',
      hint: `it has: ${spec.models.map((each) => (isOne(each.name) ? each.name : `${each.name}@${each.version}`)).join(', ')}`,
    });
  }
  // With one version alone, another in the lock is that model before its version was changed.
  const models = lock?.models.filter(
    (each) => each.name === model.name && (isOne(each.name) || each.version === model.version),
  );
  return { ...project, spec: { ...spec, models: [model] }, lock: lock && { ...lock, models: models ?? [] } };
}

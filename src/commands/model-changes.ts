/** Models that serve × the project as it is on disk now → which are still the same, and in what order they stand. Pure. */
import { MlserveError } from '../errors.ts';
import type { ServedModel } from '../server/contract.ts';
import type { ServiceSpec } from '../service/spec.ts';
import type { Project } from './project.ts';

/** The project with the versions of one model alone, in its lock as well. Throws USAGE when it has no such model. */
export function onlyNamed<P extends Project>(project: P, name: string): P {
  const { spec, lock } = project;
  const models = spec.models.filter((model) => model.name === name);
  if (models.length === 0) throw noSuchModel(name, spec.models);
  const locked = lock?.models.filter((model) => model.name === name) ?? [];
  return { ...project, spec: { ...spec, models }, lock: lock && { ...lock, models: locked } };
}

/** The order of the spec; what it does not name comes last. */
export function inOrderOf({ models }: ServiceSpec, served: readonly ServedModel[]): readonly ServedModel[] {
  const placeOf = ({ spec }: ServedModel): number => {
    const at = models.findIndex(({ name, version }) => name === spec.name && version === spec.version);
    return at < 0 ? models.length : at;
  };
  return [...served].sort((a, b) => placeOf(a) - placeOf(b));
}

/** The same bytes under the same name and version, with the same features, outputs and settings. */
export function isSameModel(one: ServedModel, other: ServedModel): boolean {
  return one.fingerprint.model === other.fingerprint.model && textOf(one.spec) === textOf(other.spec);
}

function textOf(spec: ServedModel['spec']): string {
  return JSON.stringify(spec, (_key, value: unknown) => (value instanceof Map ? [...value] : value));
}

/** Every version of a model. Throws USAGE when none is served. */
export function servedUnder(served: readonly ServedModel[], name: string): readonly ServedModel[] {
  const found = served.filter(({ spec }) => spec.name === name);
  if (found.length > 0) return found;
  throw noSuchModel(
    name,
    served.map(({ spec }) => spec),
  );
}

function noSuchModel(name: string, models: readonly { readonly name: string }[]): MlserveError {
  const hint = `the models are: ${[...new Set(models.map((model) => model.name))].join(', ')}`;
  return new MlserveError('USAGE', `there is no model "${name}"`, { hint });
}

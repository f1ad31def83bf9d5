/**
 * Service as written × environment × flags → the service spec: complete, frozen, with the origin of every value. The models are the file's
 * alone. All defaults are filled in here and in the modules it calls.
 */
import type { Issue } from '../issue.ts';
import { type Origin, originsOf } from './origins.ts';
import { resolveModel } from './resolve-model.ts';
import { type ResolveInput, resolveSettings } from './resolve-settings.ts';
import { serviceSections } from './setting-sections.ts';
import type { ServiceSpec } from './spec.ts';

export interface Resolved {
  readonly spec: ServiceSpec;
  /** By path of the value (`server.port`, `models[0].path`). */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly issues: readonly Issue[];
}

export function resolve(input: ResolveInput): Resolved {
  const { written } = input;
  const { values, ofModels, origins, issues } = resolveSettings(input);
  const version = written.version ?? '';
  const spec: ServiceSpec = {
    name: written.name ?? '',
    version,
    models: (written.models ?? []).map((model, at) => resolveModel(model, version, ofModels[at] ?? values)),
    ...serviceSections(values, written.deploy),
  };
  return { spec: freeze(spec), origins: originsOf(spec, written, origins), issues };
}

/** Freezes an object and all it holds. (A Map keeps its `set`, which its readonly type hides.) */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value;
}

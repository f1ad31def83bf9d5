/** Settings for tests: the defaults of the table, but for what a test cares about. */
import { resolveSettings } from '../../src/service/resolve-settings.ts';
import { modelSections, serviceSections } from '../../src/service/setting-sections.ts';
import type { ModelSettings, ServiceSpec } from '../../src/service/spec.ts';

type Sections = Omit<ServiceSpec, 'name' | 'version' | 'models'>;
type Given = { readonly [S in keyof Sections]?: Partial<Sections[S]> };

const { values } = resolveSettings({ written: {}, env: {}, flags: {} });

export function serviceSettings(given: Given = {}): Sections {
  const defaults = serviceSections(values);
  const names = Object.keys(defaults) as (keyof Sections)[];
  return Object.fromEntries(names.map((name) => [name, { ...defaults[name], ...given[name] }])) as unknown as Sections;
}

export function modelSettings(
  given: { readonly [S in keyof ModelSettings]?: Partial<ModelSettings[S]> } = {},
): ModelSettings {
  const { engine, batching, slo, limits } = modelSections(values);
  return {
    engine: { ...engine, ...given.engine },
    batching: { ...batching, ...given.batching },
    slo: { ...slo, ...given.slo },
    limits: { ...limits, ...given.limits },
  };
}

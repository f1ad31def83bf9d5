/** The values of settings by path → the sections of the service spec, and those of a model. */
import type { Values } from './resolve-settings.ts';
import type { ModelSettings, ServiceSpec } from './spec.ts';

type Section = keyof Omit<ServiceSpec, 'name' | 'version' | 'models'>;

const NAMES: readonly Section[] = [
  'server',
  'tls',
  'auth',
  'admin',
  'cors',
  'engine',
  'batching',
  'slo',
  'limits',
  'drain',
  'image',
];

export function serviceSections(values: Values): Pick<ServiceSpec, Section> {
  // The table holds the members of the types: a test compares them.
  return Object.fromEntries(NAMES.map((name) => [name, membersOf(values, name)])) as unknown as Pick<
    ServiceSpec,
    Section
  >;
}

export function modelSections(values: Values): ModelSettings {
  const { engine, batching, slo, limits } = serviceSections(values);
  const { rowsPerRequest, queueRows, runTimeoutMs } = limits;
  return { engine, batching, slo, limits: { rowsPerRequest, queueRows, runTimeoutMs } };
}

function membersOf(values: Values, section: Section): Readonly<Record<string, string | number>> {
  const own = [...values].filter(([path]) => path.startsWith(`${section}.`));
  return Object.fromEntries(own.map(([path, value]) => [path.slice(section.length + 1), value]));
}

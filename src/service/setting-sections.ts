/** The values of settings by path → the sections of the service spec, and those of a model. */
import type { DeployPatch } from './deploy-spec.ts';
import type { Values } from './resolve-settings.ts';
import type { ModelSettings, ServiceSpec } from './spec.ts';
import type { WrittenDeploy } from './written.ts';

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
  'deploy',
];

export function serviceSections(values: Values, written: WrittenDeploy = {}): Pick<ServiceSpec, Section> {
  const sections = Object.fromEntries(NAMES.map((name) => [name, membersOf(values, name)]));
  // The table holds the members of the types: a test compares them.
  return { ...sections, deploy: { ...sections.deploy, patches: patchesOf(written) } } as unknown as Pick<
    ServiceSpec,
    Section
  >;
}

/** Each has a kind and a patch: the schema demands them. */
function patchesOf({ patches = [] }: WrittenDeploy): readonly DeployPatch[] {
  return patches.map(({ kind = '', apiVersion, name, env, patch = {} }) => ({ kind, apiVersion, name, env, patch }));
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

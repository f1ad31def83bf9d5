/** A fixture project in an environment on a platform, with settings of a test → its objects. */
import { namespaceOf, type Platform } from '../../src/manifests/deployment-facts.ts';
import { type EnvironmentObjects, environmentObjects } from '../../src/manifests/environment-objects.ts';
import type { Manifest } from '../../src/manifests/manifest.ts';
import type { DeploySpec, Environment } from '../../src/service/deploy-spec.ts';
import type { ServiceSpec } from '../../src/service/spec.ts';
import { PROJECTS, type ProjectName, projectFacts } from './projects.ts';

const facts = new Map(await Promise.all(PROJECTS.map(async (name) => [name, await projectFacts(name)] as const)));

interface Wanted {
  readonly project: ProjectName;
  readonly environment: Environment;
  readonly platform?: Platform;
  readonly deploy?: Partial<DeploySpec>;
  readonly change?: (spec: ServiceSpec) => ServiceSpec;
}

export function objectsWith(
  project: ProjectName,
  environment: Environment,
  deploy: Partial<DeploySpec> = {},
  change: (spec: ServiceSpec) => ServiceSpec = (spec) => spec,
): EnvironmentObjects {
  return objectsOn({ project, environment, deploy, change });
}

/** Without the patches of the project. */
export function objectsOn({
  project,
  environment,
  platform = 'kubernetes',
  deploy,
  change,
}: Wanted): EnvironmentObjects {
  const found = facts.get(project);
  if (found === undefined) throw new Error(project);
  const given = { ...found.spec, deploy: { ...found.spec.deploy, patches: [], ...deploy } };
  const spec = change === undefined ? given : change(given);
  const namespace = namespaceOf(environment, spec.deploy.namespace || spec.name);
  return environmentObjects({ ...found, platform, spec, environment, namespace });
}

export function onlyManifest({ manifests }: EnvironmentObjects, kind: string): Manifest {
  const found = manifests.filter(({ object }) => object.kind === kind);
  if (found.length !== 1) throw new Error(`${found.length} of ${kind}`);
  return found[0] as Manifest;
}

/** The object as plain data, for a test that knows what it looks for. */
export function only<T extends object>(objects: EnvironmentObjects, kind: string): T {
  return onlyManifest(objects, kind).object as unknown as T;
}

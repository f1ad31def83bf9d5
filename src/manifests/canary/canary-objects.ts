/** The objects of a service in an environment × the weight of a canary → the objects of the canary, which stand beside them. */

import { configName, hashedConfigName } from '../config-map.ts';
import type { EnvironmentObjects } from '../environment-objects.ts';
import { isConfig, withConfigName } from '../hash-config.ts';
import type { KubernetesObject, Manifest, Note } from '../manifest.ts';
import type { DataObject } from '../patches/strategic-merge.ts';
import { asCanary, inCanary } from './as-canary.ts';
import { canaryRule } from './canary-rule.ts';
import { canaryReplicas } from './replicas.ts';
import { canaryName, TRACK_LABEL } from './track.ts';

const CONFIG_FILE = 'config-map.yaml';
/** The ServiceAccount and the dashboard are those of the service. The weight of a canary says its load, so nothing scales it. */
const COPIED = ['Service', 'Deployment', 'PodDisruptionBudget', 'NetworkPolicy', 'PodMonitor', 'ServiceMonitor'];

export interface CanarySize {
  /** Percent of the requests. */
  readonly weight: number;
  /** Of the service itself. */
  readonly stablePods: number;
}

/** In the order in which they are applied. */
export function canaryObjects(objects: EnvironmentObjects, size: CanarySize): readonly Manifest[] {
  const { name } = objects.facts.spec;
  const named = withOwnConfig(objects.manifests, name);
  const copied = COPIED.flatMap((kind) => named.filter(({ object }) => object.kind === kind)).map((manifest) =>
    asCanary(manifest, name),
  );
  const sized = copied.map((each) =>
    each.object.kind === 'Deployment' ? canaryDeployment(each, objects, size) : each,
  );
  const settings = named.filter(({ file }) => file === CONFIG_FILE).map((each) => inCanary(each, name));
  return [...settings, ...sized, ...canaryRule(objects)];
}

/** Settings of its own, which go when it goes; their name says what is in them, as that of the service does. */
function withOwnConfig(manifests: readonly Manifest[], service: string): readonly Manifest[] {
  const config = manifests.find(({ object }) => isConfig(object, service));
  if (config === undefined) return manifests;
  const { metadata } = config.object;
  const named = { ...config.object, metadata: { ...metadata, name: configName(canaryName(service)) } };
  return withConfigName(manifests, service, hashedConfigName(named));
}

function canaryDeployment(manifest: Manifest, { facts }: EnvironmentObjects, size: CanarySize): Manifest {
  const { spec } = manifest.object as unknown as { readonly spec: DataObject };
  const { replicas: _, ...rest } = spec;
  const { value, why } = canaryReplicas(size.weight, size.stablePods, facts.environment);
  const notes = manifest.notes.filter(({ path }) => path.length > 1 || path[0] !== 'spec');
  const object = { ...manifest.object, spec: { replicas: value, ...rest, template: labelled(rest) } };
  const note: Note = { path: ['spec', 'replicas'], text: why };
  return { ...manifest, object: object as KubernetesObject, notes: [note, ...notes] };
}

function labelled({ template }: DataObject): DataObject {
  const { metadata, ...rest } = template as DataObject;
  const { labels, ...others } = metadata as DataObject;
  return { metadata: { labels: { ...(labels as DataObject), [TRACK_LABEL]: 'canary' }, ...others }, ...rest };
}

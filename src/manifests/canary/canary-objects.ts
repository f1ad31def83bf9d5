/** The objects of a service in an environment × the weight of a canary → the objects of the canary, which stand beside them. */
import type { EnvironmentObjects } from '../environment-objects.ts';
import { withHashedConfig } from '../hash-config.ts';
import type { KubernetesObject, Manifest, Note } from '../manifest.ts';
import type { DataObject } from '../patches/strategic-merge.ts';
import { asCanary } from './as-canary.ts';
import { canaryRule } from './canary-rule.ts';
import { canaryReplicas } from './replicas.ts';
import { TRACK_LABEL } from './track.ts';

/** The ServiceAccount and the dashboard are those of the service. The weight of a canary says its load, so nothing scales it. */
const COPIED = ['Service', 'PodDisruptionBudget', 'NetworkPolicy', 'PodMonitor', 'ServiceMonitor'];

export interface CanarySize {
  /** Percent of the requests. */
  readonly weight: number;
  /** Of the service itself. */
  readonly stablePods: number;
}

/** In the order in which they are applied. */
export function canaryObjects(objects: EnvironmentObjects, size: CanarySize): readonly Manifest[] {
  const { facts, manifests } = objects;
  const { name } = facts.spec;
  // By what is in it: the settings of the canary are those of the service as soon as it is promoted, and neither takes away those of the other.
  const hashed = withHashedConfig(manifests, name);
  const config = hashed.filter((manifest) => manifest.file === 'config-map.yaml');
  const deployment = hashed.find(({ object }) => object.kind === 'Deployment');
  const copied = hashed.filter(({ object }) => COPIED.includes(object.kind)).map((each) => asCanary(each, name));
  return [
    ...config,
    ...copied.filter(({ object }) => object.kind === 'Service'),
    ...(deployment === undefined ? [] : [canaryDeployment(asCanary(deployment, name), objects, size)]),
    ...copied.filter(({ object }) => object.kind !== 'Service'),
    ...canaryRule(objects),
  ];
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

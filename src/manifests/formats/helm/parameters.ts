/** The table of what a Helm chart leaves to its values: where it is in the objects, and the name of the value. */
import type { ObjectPath } from '../../manifest.ts';
import type { Data } from '../../patches/strategic-merge.ts';
import { namedIndex, valueAt } from '../../patches/value-at.ts';
import { CONTAINER } from '../../workload.ts';

export interface Parameter {
  /** Of the manifest. */
  readonly file: string;
  readonly path: ObjectPath;
  /** In `.Values`. */
  readonly value: readonly string[];
  /** `scalar` stands in its line; `block` below its key; `optional` has a line where the value is not null. */
  readonly form: 'scalar' | 'block' | 'optional';
}

const CONTAINERS = ['spec', 'template', 'spec', 'containers'] as const;
/** Of the server, where no patch puts another before it. */
const OWN = [...CONTAINERS, 0] as const;

/** Of a Deployment, and of what stands in its place. */
const ofPods = (file: string): readonly Parameter[] => [
  { file, path: ['spec', 'replicas'], value: ['replicas'], form: 'optional' },
  { file, path: [...OWN, 'image'], value: ['image'], form: 'scalar' },
  { file, path: [...OWN, 'imagePullPolicy'], value: ['imagePullPolicy'], form: 'scalar' },
  { file, path: [...OWN, 'resources'], value: ['resources'], form: 'block' },
];

const scaled = (file: string, min: string, max: string): readonly Parameter[] => [
  { file, path: ['spec', min], value: ['autoscaler', 'minReplicas'], form: 'scalar' },
  { file, path: ['spec', max], value: ['autoscaler', 'maxReplicas'], form: 'scalar' },
];

export const PARAMETERS: readonly Parameter[] = [
  { file: 'config-map.yaml', path: ['data'], value: ['config'], form: 'block' },
  ...ofPods('deployment.yaml'),
  ...ofPods('rollout.yaml'),
  ...scaled('autoscaler.yaml', 'minReplicas', 'maxReplicas'),
  ...scaled('scaled-object.yaml', 'minReplicaCount', 'maxReplicaCount'),
  { file: 'http-route.yaml', path: ['spec', 'hostnames'], value: ['hostnames'], form: 'block' },
  { file: 'ingress.yaml', path: ['spec', 'tls'], value: ['ingress', 'tls'], form: 'block' },
  { file: 'ingress.yaml', path: ['spec', 'rules'], value: ['ingress', 'rules'], form: 'block' },
];

/** In one object: the container of the server is known by its name. */
export function pathIn(object: Data, { path }: Pick<Parameter, 'path'>): ObjectPath {
  if (!OWN.every((part, at) => path[at] === part)) return path;
  return [...CONTAINERS, namedIndex(valueAt(object, CONTAINERS), CONTAINER, 0), ...path.slice(OWN.length)];
}

/** `.Values.autoscaler.minReplicas` */
export function valueExpression({ value }: Pick<Parameter, 'value'>): string {
  return `.Values.${value.join('.')}`;
}

/** What stands in an object in place of a value, until it is text. No text of a service looks like it. */
export function placeholder({ value }: Pick<Parameter, 'value'>): string {
  return `mlserve-helm-value-${value.join('-')}`;
}

/** The same for what Helm knows by itself. All are legal names, so that objects with them are legal too. */
export const RELEASE_NAMESPACE = 'mlserve-helm-namespace';
export const CONFIG_NAME = 'mlserve-helm-config';
export const ENVIRONMENT = 'mlserve-helm-environment';
export const DASHBOARD_UID = 'mlserve-helm-uid';

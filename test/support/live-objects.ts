/** Objects of a service as a cluster holds them, with the members that are read. */
import { createHash } from 'node:crypto';
import { withCanary } from '../../src/manifests/canary/weighted-route.ts';
import type {
  LiveDeployment,
  LiveObject,
  LivePod,
  LiveReplicaSet,
  PodTemplate,
} from '../../src/manifests/live/live-objects.ts';
import { digestFor } from './sample-lock.ts';

interface Version {
  readonly version: string;
  readonly name?: string;
  readonly track?: 'canary';
}

const annotationsOf = (version: string) => ({
  'mlserve.dev/service-version': version,
  'mlserve.dev/model-name': 'fraud',
  'mlserve.dev/model-version': version,
  'mlserve.dev/model-digest': digestFor(`model ${version}`),
  'mlserve.dev/lock-digest': digestFor(`lock ${version}`),
});

export function liveTemplate({ version }: Pick<Version, 'version'>): PodTemplate {
  return {
    metadata: {
      labels: { 'app.kubernetes.io/name': 'fraud', 'app.kubernetes.io/version': version },
      annotations: annotationsOf(version),
    },
    spec: { containers: [{ name: 'server', image: `registry.example.com/fraud:${version}@${digestFor(version)}` }] },
  };
}

export function liveDeployment({
  name = 'fraud',
  track,
  version,
  replicas = 2,
}: Version & { readonly replicas?: number }): LiveDeployment {
  const annotations = { ...annotationsOf(version), 'kubernetes.io/change-cause': `fraud ${version}`, team: 'ml' };
  const labels = {
    'app.kubernetes.io/name': 'fraud',
    'app.kubernetes.io/version': version,
    ...(track === undefined ? {} : { 'mlserve.dev/track': track }),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      ...{ name, namespace: 'ml', uid: `uid-${name}`, generation: 3, labels },
      annotations: { ...annotations, 'deployment.kubernetes.io/revision': '3' },
      managedFields: [
        {
          manager: 'mlserve',
          operation: 'Apply',
          fieldsV1: {
            'f:metadata': { 'f:labels': {}, 'f:annotations': fields(Object.keys(annotations)) },
            'f:spec': { 'f:minReadySeconds': {}, 'f:template': {} },
          },
        },
      ],
    },
    spec: { ...{ minReadySeconds: 10 }, replicas, template: liveTemplate({ version }) },
    status: { observedGeneration: 3, replicas, updatedReplicas: replicas, availableReplicas: replicas },
  };
}

const fields = (names: readonly string[]) => Object.fromEntries(names.map((each) => [`f:${each}`, {}]));

/** The template and annotations of a Deployment, as its controller copies them. */
export function liveReplicaSet(
  { metadata: { name, uid = '' } }: LiveDeployment,
  { revision, version }: { readonly revision: number; readonly version: string },
): LiveReplicaSet {
  const hash = createHash('sha256').update(version).digest('hex').slice(0, 9);
  const { metadata, spec } = liveTemplate({ version });
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...{ name: `${name}-${hash}`, namespace: 'ml', uid: `uid-${name}-${hash}` },
      labels: { 'pod-template-hash': hash },
      annotations: {
        ...annotationsOf(version),
        'kubernetes.io/change-cause': `fraud ${version}`,
        'deployment.kubernetes.io/revision': String(revision),
      },
      ownerReferences: [{ uid, controller: true }],
    },
    spec: {
      template: { ...{ spec }, metadata: { ...metadata, labels: { ...metadata?.labels, 'pod-template-hash': hash } } },
    },
  } as LiveReplicaSet;
}

let pods = 0;

export function livePod(
  { metadata: { name, uid = '' } }: LiveReplicaSet,
  {
    restarts = 0,
    isReady = true,
    isEnding = false,
    since = '2026-11-30T10:00:00Z',
  }: { readonly restarts?: number; readonly isReady?: boolean; readonly isEnding?: boolean; readonly since?: string },
): LivePod {
  pods += 1;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name: `${name}-${pods}`, namespace: 'ml', creationTimestamp: since, ownerReferences: [{ uid }] },
      ...(isEnding ? { deletionTimestamp: '2026-11-30T11:00:00Z' } : {}),
    },
    status: {
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
      containerStatuses: [{ name: 'server', ready: true, restartCount: restarts }],
    },
  };
}

/** Applied by mlserve, with a canary that has the weight; undefined: without one. */
export function liveRoute(weight: number | undefined): LiveObject {
  const route = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: {
      name: 'fraud',
      namespace: 'ml',
      managedFields: [
        { manager: 'mlserve', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:rules': {}, 'f:hostnames': {} } } },
      ],
    },
    spec: { hostnames: ['fraud.example.com'], rules: [{ backendRefs: [{ name: 'fraud', port: 80, weight: 100 }] }] },
  } as LiveObject;
  return weight === undefined ? route : (withCanary(route, 'fraud', weight) as LiveObject);
}

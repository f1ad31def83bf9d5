/** A rollout as the API server of Kubernetes 1.36 tells of it: two revisions of one Deployment, with what a test changes. */
import type {
  Condition,
  LiveDeployment,
  LiveEvent,
  LivePod,
  LiveReplicaSet,
} from '../../../src/manifests/live/live-objects.ts';
import type { ObservedRollout } from '../../../src/manifests/rollout/observed.ts';

type ContainerStatus = NonNullable<NonNullable<LivePod['status']>['containerStatuses']>[number];

const set = (revision: number): LiveReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: `iris-${revision}`,
    uid: `set-${revision}`,
    annotations: { 'deployment.kubernetes.io/revision': String(revision) },
    ownerReferences: [{ uid: 'iris' }],
  },
  spec: { template: {} },
});

export function deployment(status: LiveDeployment['status'], replicas = 2): LiveDeployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'iris', uid: 'iris', generation: 7 },
    spec: { replicas, template: {} },
    status: { observedGeneration: 7, ...status },
  };
}

/** Of revision 10 unless said otherwise. */
export function pod(
  name: string,
  {
    conditions = [],
    container,
    revision = 10,
    isEnding = false,
    phase = 'Running',
  }: {
    readonly conditions?: readonly Condition[];
    readonly container?: Partial<ContainerStatus>;
    readonly revision?: number;
    readonly isEnding?: boolean;
    readonly phase?: string;
  } = {},
): LivePod {
  const status = { name: 'server', ready: false, restartCount: 0, ...container };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      uid: name,
      ownerReferences: [{ uid: `set-${revision}` }],
      ...(isEnding ? { deletionTimestamp: '2026-11-30T12:00:00Z' } : {}),
    },
    status: { phase, conditions, ...(container === undefined ? {} : { containerStatuses: [status] }) },
  };
}

export const READY: readonly Condition[] = [
  { type: 'PodScheduled', status: 'True' },
  { type: 'Ready', status: 'True' },
];

export function event(uid: string, reason: string, message: string): LiveEvent {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${uid}.${reason}` },
    reason,
    message,
    involvedObject: { uid },
  };
}

/** Revision 9 is older than 10, whatever their texts say. */
export function rollout(change: Partial<ObservedRollout>): ObservedRollout {
  return { deployment: deployment({}), replicaSets: [set(10), set(9)], pods: [], events: [], least: 0, ...change };
}

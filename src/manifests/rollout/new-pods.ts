/** What is observed of a rollout → the ReplicaSet of the newest revision, and its pods. */
import { hasEnded } from '../live/has-ended.ts';
import type { LivePod, LiveReplicaSet } from '../live/live-objects.ts';
import { isOwnedBy, revisionsOf } from '../live/revisions.ts';
import type { ObservedRollout } from './observed.ts';

/** Undefined until the Deployment controller has seen what was applied. */
export function newReplicaSet({ deployment, replicaSets }: ObservedRollout): LiveReplicaSet | undefined {
  const { generation = 0 } = deployment.metadata;
  if ((deployment.status?.observedGeneration ?? 0) < generation) return undefined;
  return revisionsOf(deployment, replicaSets)[0]?.replicaSet;
}

export function newPods(rollout: ObservedRollout): readonly LivePod[] {
  const owner = newReplicaSet(rollout);
  if (owner === undefined) return [];
  return rollout.pods.filter((pod) => isActive(pod) && isOwnedBy(pod, owner));
}

/** Neither one that is to go nor one that has gone. */
export function isActive(pod: LivePod): boolean {
  return pod.metadata.deletionTimestamp === undefined && !hasEnded(pod);
}

export function isReady({ status }: LivePod): boolean {
  return status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') === true;
}

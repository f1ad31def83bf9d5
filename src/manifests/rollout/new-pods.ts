/** What is observed of a rollout → the ReplicaSet of the newest revision, and its pods. */
import type { ObservedPod, ObservedReplicaSet, ObservedRollout } from './observed.ts';

const REVISION = 'deployment.kubernetes.io/revision';

/** Undefined until the Deployment controller has seen what was applied. */
export function newReplicaSet({ deployment, replicaSets }: ObservedRollout): ObservedReplicaSet | undefined {
  const { generation = 0, uid } = deployment.metadata;
  if ((deployment.status?.observedGeneration ?? 0) < generation) return undefined;
  const own = replicaSets.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid));
  const revision = ({ metadata }: ObservedReplicaSet): number => Number(metadata.annotations?.[REVISION] ?? 0);
  return [...own].sort((one, other) => revision(other) - revision(one))[0];
}

/** Without those that are to go. */
export function newPods(rollout: ObservedRollout): readonly ObservedPod[] {
  const owner = newReplicaSet(rollout)?.metadata.uid;
  if (owner === undefined) return [];
  return rollout.pods.filter(
    ({ metadata }) =>
      metadata.deletionTimestamp === undefined && metadata.ownerReferences?.some(({ uid }) => uid === owner) === true,
  );
}

export function isReady({ status }: ObservedPod): boolean {
  return status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') === true;
}

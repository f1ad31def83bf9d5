/** A Deployment in a cluster → what the API server says of its rollout, again after each change. */
import { MlserveError } from '../errors.ts';
import type { Cluster, Kind } from '../manifests/cluster.ts';
import type { LiveDeployment, LiveEvent, LivePod, LiveReplicaSet } from '../manifests/live/live-objects.ts';
import type { KubernetesObject } from '../manifests/manifest.ts';
import type { ObservedRollout } from '../manifests/rollout/observed.ts';

export interface RolloutSubject {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Of the Deployment. */
  readonly name: string;
  /** Of its selector. */
  readonly labels: Readonly<Record<string, string>>;
  /** Pods that its autoscaler brings it to, where one was applied with it. */
  readonly least?: number;
}

/** Ends with `signal`, or with what the API server refuses; rights to see events are not needed. */
export async function observeRollout(
  { cluster, namespace, name, labels, least = 0 }: RolloutSubject,
  onChange: (rollout: ObservedRollout) => void,
  signal: AbortSignal,
): Promise<void> {
  let deployment: LiveDeployment | undefined;
  let replicaSets: readonly LiveReplicaSet[] | undefined;
  let pods: readonly LivePod[] | undefined;
  let events: readonly LiveEvent[] | undefined;
  const tell = (): void => {
    if (!deployment || !replicaSets || !pods || !events || signal.aborted) return;
    onChange({ deployment, replicaSets, pods, events, least });
  };
  const follow = async <T extends KubernetesObject>(
    [apiVersion, kind]: readonly [string, string],
    selection: {
      readonly labels?: Readonly<Record<string, string>>;
      readonly fields?: Readonly<Record<string, string>>;
    },
    take: (objects: readonly T[]) => void,
  ): Promise<void> => {
    const wanted: Kind = { apiVersion, kind };
    for await (const objects of cluster.watch<T>(wanted, { namespace, ...selection }, signal)) {
      take(objects);
      tell();
    }
  };
  await Promise.all([
    follow<LiveDeployment>(['apps/v1', 'Deployment'], { labels }, (found) => {
      deployment = found.find(({ metadata }) => metadata.name === name);
    }),
    follow<LiveReplicaSet>(['apps/v1', 'ReplicaSet'], { labels }, (found) => {
      replicaSets = found;
    }),
    follow<LivePod>(['v1', 'Pod'], { labels }, (found) => {
      pods = found;
    }),
    follow<LiveEvent>(['v1', 'Event'], { fields: { type: 'Warning' } }, (found) => {
      events = found;
    }).catch((error: unknown) => {
      if (!(error instanceof MlserveError) || error.code !== 'CLUSTER_REFUSED') throw error;
      events = [];
      tell();
    }),
  ]);
}

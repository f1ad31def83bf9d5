/** A cluster × a namespace × the name of a service → what the cluster holds of the service and its canary. */
import { CANARY_KINDS, type TrackState } from '../manifests/canary/state.ts';
import { canaryLabels, canaryName, NAME_LABEL } from '../manifests/canary/track.ts';
import type { Cluster, Kind } from '../manifests/cluster.ts';
import type { LiveDeployment, LiveObject, LiveReplicaSet } from '../manifests/live/live-objects.ts';
import type { ClusterWork } from './confirm-cluster.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const REPLICA_SET = { apiVersion: 'apps/v1', kind: 'ReplicaSet' };
const ROUTE = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' };

export async function readTrackState({ cluster, namespace }: ClusterWork, service: string): Promise<TrackState> {
  const name = canaryName(service);
  const labels = canaryLabels(service);
  const [stable, named, route, replicaSets, ...parts] = await Promise.all([
    cluster.get<LiveDeployment>({ ...DEPLOYMENT, namespace, name: service }),
    cluster.get<LiveDeployment>({ ...DEPLOYMENT, namespace, name }),
    whereKnown(cluster, ROUTE, undefined, () => cluster.get<LiveObject>({ ...ROUTE, namespace, name: service })),
    cluster.list<LiveReplicaSet>(REPLICA_SET, { namespace, labels: { [NAME_LABEL]: service } }),
    ...CANARY_KINDS.map((kind) =>
      whereKnown(cluster, kind, [], () => cluster.list<LiveObject>(kind, { namespace, labels })),
    ),
  ]);
  const canaryParts = parts.flat().filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const isOurs = canaryParts.some(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name);
  return {
    ...{ service, namespace, stable, route, replicaSets, canaryParts },
    canary: isOurs ? named : undefined,
    isNameTaken: named !== undefined && !isOurs && named.metadata.deletionTimestamp === undefined,
  };
}

/** What a cluster without the kind holds of it: nothing. */
async function whereKnown<T>(
  cluster: Pick<Cluster, 'kinds'>,
  { apiVersion, kind }: Kind,
  nothing: T,
  read: () => Promise<T>,
): Promise<T> {
  return (await cluster.kinds(apiVersion)).includes(kind) ? read() : nothing;
}

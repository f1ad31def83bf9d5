/** `mlserve status --kube`: a project × the cluster that the kubeconfig names → what runs there of the service and its canary. */
import { deploymentMissing } from '../manifests/canary/missing.ts';
import { NAME_LABEL } from '../manifests/canary/track.ts';
import type { LivePod } from '../manifests/live/live-objects.ts';
import { readTracks, type Tracks } from '../manifests/live/read-tracks.ts';
import type { Io } from '../ports.ts';
import type { Environment } from '../service/deploy-spec.ts';
import { refuseRollout } from './canary-environment.ts';
import { openProject } from './project.ts';
import { readTrackState } from './read-track-state.ts';
import { serviceNamespace } from './service-namespace.ts';

export interface KubeStatusOptions {
  readonly project: string;
  readonly env: Environment;
  readonly namespace?: string | undefined;
  /** Of the kubeconfig; its current one when absent. */
  readonly context?: string | undefined;
}

export interface KubeStatusResult extends Tracks {
  readonly service: string;
  readonly context: string;
  readonly server: string;
  readonly namespace: string;
  /** When it was read, in milliseconds since the epoch. */
  readonly readAt: number;
}

/** Throws NOT_DEPLOYED where there is nothing of the service, CLUSTER_UNREACHABLE, CLUSTER_REFUSED. */
export async function kubeStatus(options: KubeStatusOptions, io: Io): Promise<KubeStatusResult> {
  const { spec } = await openProject(options.project, {}, io);
  refuseRollout(spec);
  const service = spec.name;
  const namespace = serviceNamespace(spec, options);
  const cluster = await io.cluster({ context: options.context });
  const [state, pods] = await Promise.all([
    readTrackState({ cluster, namespace }, service),
    cluster.list<LivePod>({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labels: { [NAME_LABEL]: service } }),
  ]);
  if (state.stable === undefined && state.canary === undefined) throw deploymentMissing(state);
  return { service, ...cluster.place, namespace, readAt: io.clock.now(), ...readTracks(state, pods) };
}

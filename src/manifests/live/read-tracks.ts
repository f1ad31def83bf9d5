/** What a cluster holds of a service → its tracks: each with the revisions whose pods there are, and what is wrong with them. */
import type { Issue } from '../../issue.ts';
import { plural } from '../../plural.ts';
import { isRolledOut, type TrackState } from '../canary/state.ts';
import type { Track } from '../canary/track.ts';
import { weightOf } from '../canary/weighted-route.ts';
import { hasEnded } from './has-ended.ts';
import type { LiveDeployment, LivePod, LiveReplicaSet } from './live-objects.ts';
import { isOwnedBy, type Revision, revisionsOf } from './revisions.ts';
import { type TemplateIdentity, templateIdentity } from './template-identity.ts';

export interface TrackRevision extends TemplateIdentity {
  readonly track: Track;
  /** As its Deployment counts. */
  readonly revision: number;
  readonly ready: number;
  /** 0 for one that goes. */
  readonly wanted: number;
  readonly restarts: number;
  /** Of its oldest pod, RFC 3339; undefined where there is none. */
  readonly since: string | undefined;
}

export interface Tracks {
  /** Percent of the requests through the HTTPRoute that the canary gets; undefined where there is no canary in it. */
  readonly weight: number | undefined;
  /** The service itself first, the newest revision of each track first. */
  readonly revisions: readonly TrackRevision[];
  readonly issues: readonly Issue[];
}

/** `pods`: of the service and its canary. */
export function readTracks(state: TrackState, pods: readonly LivePod[]): Tracks {
  const { replicaSets } = state;
  const deployments = [
    ['stable', state.stable],
    ['canary', state.canary],
  ] as const;
  const found = deployments.flatMap(([track, deployment]) =>
    deployment === undefined ? [] : [trackOf(track, deployment, { replicaSets, pods })],
  );
  return {
    weight: weightOf(state.route, state.service),
    revisions: found.flatMap(({ revisions }) => revisions),
    issues: found.flatMap(({ issues }) => issues),
  };
}

interface Owned {
  readonly replicaSets: readonly LiveReplicaSet[];
  readonly pods: readonly LivePod[];
}

function trackOf(track: Track, deployment: LiveDeployment, { replicaSets, pods }: Owned) {
  const wanted = deployment.spec.replicas ?? 1;
  const all = revisionsOf(deployment, replicaSets).map((revision) => ({
    revision,
    pods: pods.filter((pod) => isOwnedBy(pod, revision.replicaSet) && !hasEnded(pod)),
  }));
  const present = all.filter((each, at) => at === 0 || each.pods.length > 0);
  const revisions = present.map(({ revision, pods: own }, at) =>
    rowOf(track, revision, { wanted: at === 0 ? wanted : 0, pods: own }),
  );
  const where = `${deployment.kind}/${deployment.metadata.name}`;
  return { revisions, issues: [...notReady(where, deployment, revisions), ...notSame(where, revisions)] };
}

function rowOf(
  track: Track,
  { number, replicaSet }: Revision,
  { wanted, pods }: { readonly wanted: number; readonly pods: readonly LivePod[] },
): TrackRevision {
  const restarts = pods
    .flatMap(({ status }) => status?.containerStatuses ?? [])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
  const [since] = pods.flatMap(({ metadata }) => metadata.creationTimestamp ?? []).sort();
  const ready = pods.filter(isReady).length;
  return { track, revision: number, ...templateIdentity(replicaSet.spec.template), ready, wanted, restarts, since };
}

/** One that is to end still answers for a while, and says that it is not ready. */
function isReady({ metadata, status }: LivePod): boolean {
  const isEnding = metadata.deletionTimestamp !== undefined;
  return !isEnding && (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');
}

function notReady(where: string, deployment: LiveDeployment, revisions: readonly TrackRevision[]): readonly Issue[] {
  if (isRolledOut(deployment)) return [];
  const [newest] = revisions;
  const { replicas: wanted = 1 } = deployment.spec;
  const ready = newest?.ready ?? 0;
  const common = { rule: 'cluster.not-ready', severity: 'error', where } as const;
  if (ready >= wanted) {
    const message = `${ready} of ${plural(wanted, 'pod')} of the newest revision ${wanted === 1 ? 'is' : 'are'} ready, and its rollout has not ended`;
    // `minReadySeconds`, or old pods that are still there.
    return [
      { ...common, message, hint: 'new pods have yet to stay ready, or old ones to go: ask again in some seconds' },
    ];
  }
  const message = `${ready} of ${plural(wanted, 'pod')} of the newest revision ${wanted === 1 ? 'is' : 'are'} ready`;
  const hint = `kubectl describe pods -n ${deployment.metadata.namespace} -l app.kubernetes.io/instance=${deployment.metadata.name}`;
  return [{ ...common, message, hint }];
}

function notSame(where: string, revisions: readonly TrackRevision[]): readonly Issue[] {
  const served = revisions.filter(({ ready }) => ready > 0);
  const digests = new Set(served.map(({ models }) => models.map(({ digest }) => digest).join(' ')));
  if (digests.size < 2) return [];
  const message = 'its pods do not all serve the same models';
  const hint = 'a rollout goes on or is stuck: kubectl rollout status says which';
  return [{ rule: 'cluster.digests-differ', severity: 'error', where, message, hint }];
}

/** What a cluster holds of a service: its own Deployment and route, and everything of its canary. Types, and what they say together. */
import type { LiveDeployment, LiveObject, LiveReplicaSet } from '../live/live-objects.ts';
import { isSameRevision, type TemplateIdentity, templateIdentity } from '../live/template-identity.ts';

export interface TrackState {
  readonly service: string;
  readonly namespace: string;
  readonly stable: LiveDeployment | undefined;
  readonly canary: LiveDeployment | undefined;
  readonly route: LiveObject | undefined;
  /** Everything with the labels of the canary, its Deployment last: as long as that is there, a removal is seen to be unfinished. */
  readonly canaryParts: readonly LiveObject[];
  /** Of the service itself. */
  readonly replicaSets: readonly LiveReplicaSet[];
}

export function identityOf(deployment: LiveDeployment): TemplateIdentity {
  return templateIdentity(deployment.spec.template);
}

/** The service already is, or becomes, what its canary is. */
export function isPromoted({ stable, canary }: TrackState): boolean {
  return stable !== undefined && canary !== undefined && isSameRevision(identityOf(stable), identityOf(canary));
}

/** All pods of the newest template are there and ready, and no others. */
export function isRolledOut({ metadata, spec, status }: LiveDeployment): boolean {
  const wanted = spec.replicas ?? 1;
  const isSeen = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {};
  return isSeen && updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted;
}

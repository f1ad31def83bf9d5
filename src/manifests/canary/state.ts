/** What a cluster holds of a service: its own Deployment and route, and everything of its canary; and what they say together. */
import type { LiveDeployment, LiveObject, LiveReplicaSet } from '../live/live-objects.ts';
import { isSameRevision, type TemplateIdentity, templateIdentity } from '../live/template-identity.ts';

export interface TrackState {
  readonly service: string;
  readonly namespace: string;
  readonly stable: LiveDeployment | undefined;
  readonly canary: LiveDeployment | undefined;
  /** There is a Deployment with the name of the canary, of somebody else. */
  readonly isNameTaken: boolean;
  readonly route: LiveObject | undefined;
  /** Everything with the labels of the canary, its Deployment last: as long as that is there, a removal is seen to be unfinished. */
  readonly canaryParts: readonly LiveObject[];
  /** Of the service and its canary. */
  readonly replicaSets: readonly LiveReplicaSet[];
}

/** Of which a canary has objects, its Deployment last. Its alerts go first: they would say that it is absent. */
export const CANARY_KINDS: readonly { readonly apiVersion: string; readonly kind: string }[] = [
  { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' },
  { apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor' },
  { apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor' },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'apps/v1', kind: 'Deployment' },
];

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

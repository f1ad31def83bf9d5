/** What is done to a cluster, step by step. Each plan is made of what the cluster holds, so an interrupted one is made again and goes on. Types only. */
import type { TemplateIdentity } from '../live/template-identity.ts';
import type { KubernetesObject } from '../manifest.ts';

export interface PartReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export type Step =
  | { readonly kind: 'apply'; readonly says: string; readonly objects: readonly KubernetesObject[] }
  /** Until all pods of the Deployment are new and ready, and answer with these models. */
  | { readonly kind: 'wait'; readonly says: string; readonly deployment: string; readonly identity: TemplateIdentity }
  | { readonly kind: 'remove'; readonly says: string; readonly parts: readonly PartReference[] };

export interface Plan {
  /** What all of it comes to. */
  readonly says: string;
  /** Who gets the requests afterwards: both, the service alone, or the service as it was. */
  readonly outcome: 'split' | 'service' | 'earlier';
  readonly steps: readonly Step[];
}

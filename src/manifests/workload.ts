/** A service → the object that makes its pods, and by which names cluster and metrics know these. */
import type { DeploymentFacts } from './deployment-facts.ts';
import { quoteRegex } from './monitoring/promql.ts';

export const CONTAINER = 'server';

export interface Workload {
  /** What an autoscaler scales. */
  readonly target: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly container: string;
  /** Names of its pods, as a regular expression that is anchored at both ends. */
  readonly pods: string;
  /** One such name. */
  readonly examplePod: string;
  /** Name of the HorizontalPodAutoscaler. */
  readonly autoscaler: string;
  /** Label by which pods of one revision are told from those of another. */
  readonly revisionLabel: string;
}

export function workloadOf({ spec }: Pick<DeploymentFacts, 'spec'>): Workload {
  const { name, deploy } = spec;
  const isRollout = deploy.rollout === 'argo';
  return {
    target: isRollout
      ? { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name }
      : { apiVersion: 'apps/v1', kind: 'Deployment', name },
    container: CONTAINER,
    pods: `${quoteRegex(name)}-[0-9a-z]+-[0-9a-z]{5}`,
    examplePod: `${name}-5d4f8c7b9-x2x7q`,
    autoscaler: name,
    revisionLabel: isRollout ? 'rollouts-pod-template-hash' : 'pod-template-hash',
  };
}

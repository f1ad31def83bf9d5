/** A service → how many pods it has: HorizontalPodAutoscaler and PodDisruptionBudget. None in dev, which has one pod. */
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { DeploymentFacts } from './deployment-facts.ts';
import { objectLabels, selectorLabels } from './identity.ts';
import type { Manifest } from './manifest.ts';

/** Enough to see scaling work, and no more. */
const STAGING_MAX = 3;

/** Fewest and most pods. */
export function replicasOf({ environment, spec: { deploy } }: DeploymentFacts): {
  readonly min: number;
  readonly max: number;
} {
  if (environment === 'dev') return { min: 1, max: 1 };
  const { minReplicas, maxReplicas } = deploy;
  if (environment === 'prod') return { min: minReplicas, max: maxReplicas };
  const min = Math.min(minReplicas, STAGING_MAX - 1);
  return { min, max: Math.min(maxReplicas, STAGING_MAX) };
}

export function autoscaler(facts: DeploymentFacts): Manifest {
  const { spec, namespace } = facts;
  const { min, max } = replicasOf(facts);
  const object = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: spec.name, namespace, labels: { ...objectLabels(facts) } },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: spec.name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: spec.deploy.cpuTarget } },
        },
      ],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          selectPolicy: 'Max',
          policies: [
            { type: 'Percent', value: 100, periodSeconds: 30 },
            { type: 'Pods', value: 2, periodSeconds: 30 },
          ],
        },
        scaleDown: {
          stabilizationWindowSeconds: 300,
          policies: [{ type: 'Percent', value: 25, periodSeconds: 60 }],
        },
      },
    },
  } satisfies IHorizontalPodAutoscaler;
  return {
    file: 'autoscaler.yaml',
    object,
    notes: [
      {
        path: ['spec', 'minReplicas'],
        text:
          facts.environment === 'prod'
            ? 'deploy.minReplicas'
            : `deploy.minReplicas, at most ${STAGING_MAX - 1} in staging`,
      },
      {
        path: ['spec', 'maxReplicas'],
        text:
          facts.environment === 'prod' ? 'deploy.maxReplicas' : `deploy.maxReplicas, at most ${STAGING_MAX} in staging`,
      },
      {
        path: ['spec', 'metrics'],
        text: `deploy.cpuTarget, in percent of the requested CPU: what is left carries the load while new pods load their models`,
      },
      {
        path: ['spec', 'behavior'],
        text: 'up at once, for requests wait; down slowly, for a pod takes its time to start',
      },
    ],
  };
}

export function disruptionBudget(facts: DeploymentFacts): Manifest {
  const { spec, namespace } = facts;
  const object = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: spec.name, namespace, labels: { ...objectLabels(facts) } },
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: { ...selectorLabels(spec.name) } },
    },
  } satisfies IPodDisruptionBudget;
  return {
    file: 'disruption-budget.yaml',
    object,
    notes: [
      { path: ['spec', 'maxUnavailable'], text: 'nodes are drained one pod at a time' },
      { path: ['spec', 'unhealthyPodEvictionPolicy'], text: 'a pod that is not ready anyway never holds up a node' },
    ],
  };
}

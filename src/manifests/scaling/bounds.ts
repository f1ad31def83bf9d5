/** A service in an environment → how many pods it has at least and at most, how fast their number changes, and why. */
import type { DeploymentFacts } from '../deployment-facts.ts';
import type { Note, ObjectPath } from '../manifest.ts';

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

/** Of HorizontalPodAutoscalers, those that KEDA makes among them. */
export const BEHAVIOR = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max' as const,
    policies: [
      { type: 'Percent' as const, value: 100, periodSeconds: 30 },
      { type: 'Pods' as const, value: 2, periodSeconds: 30 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    policies: [{ type: 'Percent' as const, value: 25, periodSeconds: 60 }],
  },
};

export const WHY_BEHAVIOR = 'up at once, for requests wait; down slowly, for a pod takes its time to start';

/** `min` and `max`: where the bounds are in their object. */
export function boundNotes({ environment }: DeploymentFacts, min: ObjectPath, max: ObjectPath): readonly Note[] {
  const isProd = environment === 'prod';
  return [
    { path: min, text: isProd ? 'deploy.minReplicas' : `deploy.minReplicas, at most ${STAGING_MAX - 1} in staging` },
    { path: max, text: isProd ? 'deploy.maxReplicas' : `deploy.maxReplicas, at most ${STAGING_MAX} in staging` },
  ];
}

/** A service → the HorizontalPodAutoscaler that counts its pods, by CPU. None in dev, which has one pod. */
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { DeploymentFacts } from '../deployment-facts.ts';
import { objectLabels } from '../identity.ts';
import type { Manifest } from '../manifest.ts';
import type { Numbers } from '../numbers.ts';
import { workloadOf } from '../workload.ts';
import { BEHAVIOR, boundNotes, replicasOf, WHY_BEHAVIOR } from './bounds.ts';

export function autoscaler(facts: DeploymentFacts, { cpuTarget }: Numbers): Manifest {
  const { spec, namespace } = facts;
  const { min, max } = replicasOf(facts);
  const object = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: spec.name, namespace, labels: { ...objectLabels(facts) } },
    spec: {
      scaleTargetRef: workloadOf(facts).target,
      minReplicas: min,
      maxReplicas: max,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuTarget.value } },
        },
      ],
      behavior: BEHAVIOR,
    },
  } satisfies IHorizontalPodAutoscaler;
  return {
    file: 'autoscaler.yaml',
    object,
    notes: [
      ...boundNotes(facts, ['spec', 'minReplicas'], ['spec', 'maxReplicas']),
      { path: ['spec', 'metrics'], text: cpuTarget.why },
      { path: ['spec', 'behavior'], text: WHY_BEHAVIOR },
    ],
  };
}

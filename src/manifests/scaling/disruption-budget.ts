/** A service → how many of its pods may be away at once: its PodDisruptionBudget. None in dev, which has one pod. */
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { DeploymentFacts } from '../deployment-facts.ts';
import { objectLabels, selectorLabels } from '../identity.ts';
import type { Manifest } from '../manifest.ts';

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

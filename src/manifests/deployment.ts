/** A service × its numbers → its Deployment. */
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { DeploymentFacts } from './deployment-facts.ts';
import type { Manifest } from './manifest.ts';
import type { Numbers } from './numbers.ts';
import { replicated } from './replicated.ts';

export const WHY_SURGE = 'one new pod at a time beside all old ones: a model in memory is what costs';

/** `config`: the name of its ConfigMap. */
export function deployment(facts: DeploymentFacts, numbers: Numbers, config: string): Manifest {
  const { metadata, replicas, selector, limits, template, notes } = replicated(facts, numbers, config);
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      ...replicas,
      selector,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      ...limits,
      template,
    },
  } satisfies IDeployment;
  return { file: 'deployment.yaml', object, notes: [...notes, { path: ['spec', 'strategy'], text: WHY_SURGE }] };
}

import { describe, expect, it } from 'vitest';
import { environmentObjects } from '../../../src/manifests/environment-objects.ts';
import { withHashedConfig } from '../../../src/manifests/hash-config.ts';
import { leastPods } from '../../../src/manifests/rollout/least-pods.ts';
import type { Environment } from '../../../src/service/deploy-spec.ts';
import { projectFacts } from '../../support/projects.ts';

const facts = await projectFacts('plain/iris');

function objectsOf(environment: Environment, deploy: Partial<typeof facts.spec.deploy> = {}) {
  const spec = { ...facts.spec, deploy: { ...facts.spec.deploy, ...deploy } };
  const { manifests } = environmentObjects({ ...facts, spec, environment, namespace: 'iris' });
  return withHashedConfig(manifests, 'iris').map(({ object }) => object);
}

describe('the pods that an autoscaler brings a Deployment to', () => {
  it('are its fewest', () => {
    expect(leastPods(objectsOf('prod', { minReplicas: 3 }), 'iris')).toBe(3);
    expect(leastPods(objectsOf('staging', { minReplicas: 3 }), 'iris')).toBe(2);
  });

  it('are none where there is no autoscaler, where KEDA makes it, or where it counts those of another', () => {
    expect(leastPods(objectsOf('dev'), 'iris')).toBe(0);
    expect(leastPods(objectsOf('prod', { autoscaler: 'keda' }), 'iris')).toBe(0);
    expect(leastPods(objectsOf('prod'), 'wine')).toBe(0);
  });
});

import { expect, it } from 'vitest';
import { missingText, sortByKind } from '../../../src/manifests/rollout/missing-kinds.ts';

const object = (apiVersion: string, kind: string) => ({ apiVersion, kind, metadata: { name: 'iris' } });

it('leaves out what the cluster has no kind for, and says what brings it and what is missed', () => {
  const scaled = object('keda.sh/v1alpha1', 'ScaledObject');
  const monitor = object('monitoring.coreos.com/v1', 'PodMonitor');
  const deployment = object('apps/v1', 'Deployment');
  const kinds = new Map([['apps/v1', ['Deployment', 'ReplicaSet']]]);
  expect(sortByKind([scaled, deployment, monitor], kinds)).toEqual({
    taken: [deployment],
    missing: [scaled, monitor],
  });
  expect([scaled, monitor, object('example.com/v1', 'Thing')].map(missingText)).toEqual([
    'ScaledObject/iris: the cluster has no ScaledObject (keda.sh/v1alpha1), which comes with KEDA; without it nothing changes the number of pods',
    "PodMonitor/iris: the cluster has no PodMonitor (monitoring.coreos.com/v1), which comes with Prometheus' operator",
    'Thing/iris: the cluster has no Thing (example.com/v1)',
  ]);
});

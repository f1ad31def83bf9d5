/** A service as its file has it → the service as it runs behind the proxy of Knative, and the settings that make it so. */
import { addressSettings, type ClusterSetting } from '../config-map.ts';
import type { DeploymentFacts } from '../deployment-facts.ts';
import type { Numbers } from '../numbers.ts';

/** One port, plain HTTP, and an end that Knative itself delays. */
export function onKnative(facts: DeploymentFacts): DeploymentFacts {
  const { spec } = facts;
  return {
    ...facts,
    spec: {
      ...spec,
      server: { ...spec.server, grpcPort: 'off', metricsPort: 'off' },
      tls: { mode: 'off', cert: '', key: '', clientCa: '' },
      drain: { ...spec.drain, delayMs: 0 },
    },
  };
}

/** `facts`: as the file has them. */
export function knativeSettings(facts: DeploymentFacts, numbers: Numbers): readonly ClusterSetting[] {
  const { server, tls, drain } = facts.spec;
  const off = (path: string, why: string): ClusterSetting => [path, 'off', why];
  return [
    ...addressSettings(facts),
    ...(server.metricsPort === 'off' ? [] : [off('server.metricsPort', 'Knative knows one port of a container')]),
    ...(server.grpcPort === 'off' ? [] : [off('server.grpcPort', 'Knative knows one port of a container')]),
    ...(tls.cert === ''
      ? []
      : [off('tls.mode', 'the proxy of Knative in the pod asks in plain HTTP; TLS is between it and the callers')]),
    ...(drain.delayMs === 0
      ? []
      : [['drain.delayMs', '0', 'Knative stops the server when its proxy has drained, not before'] as const]),
    ...(numbers.threads === undefined ? [] : [['engine.threads', numbers.threads, ''] as const]),
  ];
}

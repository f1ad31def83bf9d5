/** A service → its Service and ServiceAccount. */
import type { IService } from 'kubernetes-models/v1/Service';
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { portsOf } from './config-map.ts';
import type { DeploymentFacts } from './deployment-facts.ts';
import { objectLabels, selectorLabels } from './identity.ts';
import type { Manifest } from './manifest.ts';

/** The port that callers name. KServe gives its Service 80, whatever is spoken there. */
export function servicePort({ spec, platform }: Pick<DeploymentFacts, 'spec' | 'platform'>): number {
  return spec.tls.cert === '' || platform === 'kserve' ? 80 : 443;
}

export function service(facts: DeploymentFacts): Manifest {
  const { spec, namespace } = facts;
  const { grpc, metrics } = portsOf(facts);
  const protocol = 'TCP' as const;
  const object = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: spec.name, namespace, labels: { ...objectLabels(facts) } },
    spec: {
      type: 'ClusterIP',
      selector: { ...selectorLabels(spec.name) },
      ports: [
        {
          name: 'http',
          port: servicePort(facts),
          targetPort: 'http',
          protocol,
          appProtocol: spec.tls.cert === '' ? 'http' : 'https',
        },
        ...(grpc === undefined
          ? []
          : [
              {
                name: 'grpc',
                port: grpc,
                targetPort: 'grpc',
                protocol,
                ...(spec.tls.cert === '' ? { appProtocol: 'kubernetes.io/h2c' } : {}),
              },
            ]),
        {
          name: 'metrics',
          port: metrics,
          targetPort: 'metrics',
          protocol,
          appProtocol: spec.tls.cert === '' ? 'http' : 'https',
        },
      ],
    },
  } satisfies IService;
  return { file: 'service.yaml', object, notes: [] };
}

export function serviceAccount(facts: DeploymentFacts): Manifest {
  const object = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: facts.spec.name, namespace: facts.namespace, labels: { ...objectLabels(facts) } },
    automountServiceAccountToken: false,
  } satisfies IServiceAccount;
  return {
    file: 'service-account.yaml',
    object,
    notes: [{ path: ['automountServiceAccountToken'], text: 'an identity without rights and without a token' }],
  };
}

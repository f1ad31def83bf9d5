/** A service of Knative → its NetworkPolicy: requests come by Knative alone, so that is who may call. */
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { portsOf } from '../config-map.ts';
import type { DeploymentFacts } from '../deployment-facts.ts';
import { objectLabels } from '../identity.ts';
import type { Manifest } from '../manifest.ts';
import { listOf } from '../names.ts';
import { inNamespace, TO_NAMES, WHY_EGRESS } from '../network-policy.ts';

/** Of the activator, which holds requests, and of the autoscaler, which counts them. */
const KNATIVE_NAMESPACE = 'knative-serving';
/** Of the proxy that Knative puts into each pod: requests, the same as HTTP/2 and with TLS, and its count of them. */
const PROXY_PORTS = [8012, 8013, 8112, 9090];

export function knativePolicy(facts: DeploymentFacts): Manifest {
  const { spec, namespace } = facts;
  const { deploy } = spec;
  const tcp = (port: number) => ({ port, protocol: 'TCP' as const });
  const callers = [KNATIVE_NAMESPACE, ...listOf(deploy.gatewayNamespaces)].map(inNamespace);
  const isScraped = deploy.monitor !== 'off';
  const object = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: spec.name, namespace, labels: { ...objectLabels(facts) } },
    spec: {
      podSelector: { matchLabels: { 'app.kubernetes.io/instance': spec.name } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: callers, ports: PROXY_PORTS.map(tcp) },
        ...(isScraped ? [{ from: [inNamespace(deploy.monitoringNamespace)], ports: [tcp(portsOf(facts).http)] }] : []),
      ],
      egress: TO_NAMES,
    },
  } satisfies INetworkPolicy;
  return {
    file: 'network-policy.yaml',
    object,
    notes: [
      {
        path: ['spec', 'ingress', 0],
        text: 'Knative, and the gateways of deploy.gatewayNamespaces: they bring the requests of everybody, so nobody is told apart here',
      },
      ...(isScraped
        ? [
            {
              path: ['spec', 'ingress', 1],
              text: 'metrics: Prometheus (deploy.monitoringNamespace); they are on the one port that Knative knows',
            },
          ]
        : []),
      { path: ['spec', 'egress'], text: WHY_EGRESS },
    ],
  };
}

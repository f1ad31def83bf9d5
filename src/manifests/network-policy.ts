/** A service → its NetworkPolicy: nothing in and nothing out, but for what is named. */
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer';
import { portsOf } from './config-map.ts';
import type { DeploymentFacts } from './deployment-facts.ts';
import { objectLabels } from './identity.ts';
import type { Manifest, Note } from './manifest.ts';
import { listOf } from './names.ts';
import { workloadOf } from './workload.ts';

/** The label with which pods say that they call the service. */
export function clientLabel(service: string): Readonly<Record<string, string>> {
  return { [`client.mlserve.dev/${service}`]: 'true' };
}

export const inNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});

export const TO_NAMES = [
  {
    to: [{ ...inNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
    ports: [
      { port: 53, protocol: 'UDP' as const },
      { port: 53, protocol: 'TCP' as const },
    ],
  },
];

export function networkPolicy(facts: DeploymentFacts): Manifest {
  const { spec } = facts;
  const { deploy } = spec;
  const { grpc } = portsOf(facts);
  const clients = { podSelector: { matchLabels: { ...clientLabel(spec.name) } } };
  return policyThatAdmits(facts, {
    callers: [
      clients,
      ...listOf(deploy.clientNamespaces).map((name) => ({ ...inNamespace(name), ...clients })),
      ...listOf(deploy.gatewayNamespaces).map(inNamespace),
    ],
    ports: [workloadOf(facts).httpPort, ...(grpc === undefined ? [] : ['grpc'])],
    why: 'predictions: pods with the label of clients, here and in deploy.clientNamespaces; every pod in deploy.gatewayNamespaces',
    metricsPort: 'metrics',
    whyMetrics: 'metrics: Prometheus (deploy.monitoringNamespace)',
  });
}

export interface Admitted {
  readonly callers: readonly INetworkPolicyPeer[];
  readonly ports: readonly (string | number)[];
  readonly why: string;
  /** Which Prometheus reads, where it does. */
  readonly metricsPort: string | number;
  readonly whyMetrics: string;
}

export function policyThatAdmits(
  facts: DeploymentFacts,
  { callers, ports, why, metricsPort, whyMetrics }: Admitted,
): Manifest {
  const { spec, namespace } = facts;
  const { monitor, monitoringNamespace } = spec.deploy;
  const isScraped = monitor !== 'off';
  const tcp = (port: string | number) => ({ port, protocol: 'TCP' as const });
  const object = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: spec.name, namespace, labels: { ...objectLabels(facts) } },
    spec: {
      podSelector: { matchLabels: { 'app.kubernetes.io/instance': spec.name } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [...callers], ports: ports.map(tcp) },
        ...(isScraped ? [{ from: [inNamespace(monitoringNamespace)], ports: [tcp(metricsPort)] }] : []),
      ],
      egress: TO_NAMES,
    },
  } satisfies INetworkPolicy;
  const notes: readonly Note[] = [
    { path: ['spec', 'ingress', 0], text: why },
    ...(isScraped ? [{ path: ['spec', 'ingress', 1], text: whyMetrics }] : []),
    { path: ['spec', 'egress'], text: 'names alone: the server calls nobody' },
  ];
  return { file: 'network-policy.yaml', object, notes };
}

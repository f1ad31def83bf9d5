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
export const WHY_EGRESS = 'names alone: the server calls nobody';

export function networkPolicy(facts: DeploymentFacts): Manifest {
  const { spec, namespace } = facts;
  const { deploy } = spec;
  const { grpc } = portsOf(facts);
  const clients = { podSelector: { matchLabels: { ...clientLabel(spec.name) } } };
  const callers: INetworkPolicyPeer[] = [
    clients,
    ...listOf(deploy.clientNamespaces).map((name) => ({ ...inNamespace(name), ...clients })),
    ...listOf(deploy.gatewayNamespaces).map(inNamespace),
  ];
  const tcp = (port: string) => ({ port, protocol: 'TCP' as const });
  const object = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: spec.name, namespace, labels: { ...objectLabels(facts) } },
    spec: {
      podSelector: { matchLabels: { 'app.kubernetes.io/instance': spec.name } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: callers, ports: [tcp(workloadOf(facts).httpPort), ...(grpc === undefined ? [] : [tcp('grpc')])] },
        ...(deploy.monitor === 'off'
          ? []
          : [{ from: [inNamespace(deploy.monitoringNamespace)], ports: [tcp('metrics')] }]),
      ],
      egress: TO_NAMES,
    },
  } satisfies INetworkPolicy;
  const notes: readonly Note[] = [
    {
      path: ['spec', 'ingress', 0],
      text: 'predictions: pods with the label of clients, here and in deploy.clientNamespaces; every pod in deploy.gatewayNamespaces',
    },
    ...(deploy.monitor === 'off'
      ? []
      : [{ path: ['spec', 'ingress', 1], text: 'metrics: Prometheus (deploy.monitoringNamespace)' }]),
    { path: ['spec', 'egress'], text: WHY_EGRESS },
  ];
  return { file: 'network-policy.yaml', object, notes };
}

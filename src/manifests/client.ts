/** A service → what the application that calls it needs in its own namespace: where the service is, and leave to call it. */

import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { portsOf } from './config-map.ts';
import { type DeploymentFacts, mainModel } from './deployment-facts.ts';
import { objectLabels } from './identity.ts';
import type { KubernetesObject, Manifest } from './manifest.ts';
import { nameWith, variableName } from './names.ts';
import { clientLabel } from './network-policy.ts';

/** Without a namespace: they go where the caller is. */
export function clientManifests(facts: DeploymentFacts): readonly Manifest[] {
  return [clientConfig(facts), clientPolicy(facts)];
}

function clientConfig(facts: DeploymentFacts): Manifest {
  const { spec, namespace } = facts;
  const { name, version, digests } = mainModel(facts);
  const prefix = variableName(spec.name);
  const scheme = spec.tls.cert === '' ? 'http' : 'https';
  const { slo } = spec.models[0] ?? spec;
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: nameWith(spec.name, 'client'), labels: { ...objectLabels(facts) } },
    data: {
      [`${prefix}_URL`]: `${scheme}://${spec.name}.${namespace}.svc`,
      [`${prefix}_MODEL`]: name,
      [`${prefix}_MODEL_VERSION`]: version,
      [`${prefix}_MODEL_DIGEST`]: digests.model,
      [`${prefix}_TIMEOUT_MS`]: String(slo.p99Ms),
    },
  } satisfies IConfigMap;
  return {
    file: 'client-config.yaml',
    object,
    notes: [
      {
        path: ['data'],
        text: 'for envFrom of the container that calls; every answer says in X-Model-Digest which model gave it',
      },
      { path: ['data', `${prefix}_TIMEOUT_MS`], text: 'slo.p99Ms: what takes longer is late' },
    ],
  };
}

function clientPolicy(facts: DeploymentFacts): Manifest {
  const { spec, namespace } = facts;
  const { http, grpc } = portsOf(facts);
  const object = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: nameWith(spec.name, 'client'), labels: { ...objectLabels(facts) } },
    spec: {
      podSelector: { matchLabels: { ...clientLabel(spec.name) } },
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
              podSelector: { matchLabels: { 'app.kubernetes.io/instance': spec.name } },
            },
          ],
          // Policies are about pods, so it is the port behind the Service.
          ports: [http, ...(grpc === undefined ? [] : [grpc])].map((port) => ({ port, protocol: 'TCP' as const })),
        },
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
          ],
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
      ],
    },
  } satisfies INetworkPolicy;
  return {
    file: 'client-policy.yaml',
    object,
    notes: [
      { path: ['spec', 'podSelector'], text: 'the label that the NetworkPolicy of the service looks for' },
      {
        path: ['spec', 'policyTypes'],
        text: 'with it the pods may call this service and ask for names; other policies of theirs add to it',
      },
    ],
  };
}

/** A kustomize Component: `components: [PATH]` in the caller's kustomization brings all of it, and labels its pods. */
export function clientComponent(facts: DeploymentFacts): KubernetesObject & { readonly [member: string]: unknown } {
  return {
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    resources: clientManifests(facts).map(({ file }) => file),
    labels: [{ pairs: clientLabel(facts.spec.name), includeTemplates: true, includeSelectors: false }],
  };
}

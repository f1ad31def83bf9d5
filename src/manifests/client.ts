/** A service → what the application that calls it needs in its own namespace: where the service is, and leave to call it. */

import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { INetworkPolicyEgressRule } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyEgressRule';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { portsOf } from './config-map.ts';
import { type DeploymentFacts, mainModel } from './deployment-facts.ts';
import { objectLabels } from './identity.ts';
import type { KubernetesObject, Manifest } from './manifest.ts';
import { listOf, nameWith, variableName } from './names.ts';
import { clientLabel, inNamespace, TO_NAMES } from './network-policy.ts';
import { servicePort } from './service.ts';
import { workloadOf } from './workload.ts';

/** Without a namespace: they go where the caller is. */
export function clientManifests(facts: DeploymentFacts): readonly Manifest[] {
  const policy = clientPolicy(facts);
  return [clientConfig(facts), ...(policy === undefined ? [] : [policy])];
}

function clientConfig(facts: DeploymentFacts): Manifest {
  const { spec, namespace } = facts;
  const { name, version, digests } = mainModel(facts);
  const prefix = variableName(spec.name);
  const scheme = spec.tls.cert === '' ? 'http' : 'https';
  const port = servicePort(facts);
  const isUsual = port === (scheme === 'http' ? 80 : 443);
  const { slo } = spec.models[0] ?? spec;
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: nameWith(spec.name, 'client'), labels: { ...objectLabels(facts) } },
    data: {
      [`${prefix}_URL`]: `${scheme}://${workloadOf(facts).service}.${namespace}.svc${isUsual ? '' : `:${port}`}`,
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

/** Undefined where nobody says which gateway the requests take. */
function clientPolicy(facts: DeploymentFacts): Manifest | undefined {
  const { spec } = facts;
  const to = destinations(facts);
  if (to.length === 0) return undefined;
  const object = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: nameWith(spec.name, 'client'), labels: { ...objectLabels(facts) } },
    spec: {
      podSelector: { matchLabels: { ...clientLabel(spec.name) } },
      policyTypes: ['Egress'],
      egress: [...to, ...TO_NAMES],
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

/** The pods of the service; with Knative the pods of its gateways, for requests go there. */
function destinations(facts: DeploymentFacts): INetworkPolicyEgressRule[] {
  const { spec, namespace, platform } = facts;
  if (platform === 'knative') {
    const gateways = listOf(spec.deploy.gatewayNamespaces);
    return gateways.length === 0 ? [] : [{ to: gateways.map(inNamespace) }];
  }
  const { http, grpc } = portsOf(facts);
  const pods = { podSelector: { matchLabels: { 'app.kubernetes.io/instance': spec.name } } };
  // Policies are about pods, so it is the port behind the Service.
  const ports = [http, ...(grpc === undefined ? [] : [grpc])].map((port) => ({ port, protocol: 'TCP' as const }));
  return [{ to: [{ ...inNamespace(namespace), ...pods }], ports }];
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

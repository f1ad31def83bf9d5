/** A service that is called from outside → the DomainMapping that gives its Service of Knative a host name there. */
import type { DeploymentFacts } from '../deployment-facts.ts';
import { objectLabels } from '../identity.ts';
import type { KubernetesObject, Manifest } from '../manifest.ts';
import { nameWith } from '../names.ts';
import { hostOf } from '../traffic/http-route.ts';

/** The members of serving.knative.dev/v1beta1 that are written. */
export interface DomainMapping extends KubernetesObject {
  readonly apiVersion: 'serving.knative.dev/v1beta1';
  readonly kind: 'DomainMapping';
  readonly spec: {
    readonly ref: { readonly apiVersion: 'serving.knative.dev/v1'; readonly kind: 'Service'; readonly name: string };
    readonly tls?: { readonly secretName: string };
  };
}

export function domainMapping(facts: DeploymentFacts): Manifest {
  const { name, deploy } = facts.spec;
  const secretName = deploy.ingressTls || nameWith(name, 'ingress-tls');
  const object = {
    apiVersion: 'serving.knative.dev/v1beta1',
    kind: 'DomainMapping',
    metadata: { name: hostOf(facts), namespace: facts.namespace, labels: objectLabels(facts) },
    spec: {
      ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name },
      ...(deploy.expose === 'ingress' ? { tls: { secretName } } : {}),
    },
  } satisfies DomainMapping;
  return {
    file: 'domain-mapping.yaml',
    object,
    notes: [
      { path: ['metadata', 'name'], text: 'deploy.host; whoever runs Knative must grant it: ClusterDomainClaim' },
    ],
  };
}

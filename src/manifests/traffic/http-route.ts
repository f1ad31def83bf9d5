/** A service that is called from outside → its HTTPRoute, of the Gateway API v1. */
import type { DeploymentFacts } from '../deployment-facts.ts';
import { objectLabels } from '../identity.ts';
import type { KubernetesObject, Manifest } from '../manifest.ts';
import { servicePort } from '../service.ts';
import { workloadOf } from '../workload.ts';

/** The members of gateway.networking.k8s.io/v1 that are written. */
export interface HttpRoute extends KubernetesObject {
  readonly apiVersion: 'gateway.networking.k8s.io/v1';
  readonly kind: 'HTTPRoute';
  readonly spec: {
    // The API server adds what has a default. These lists have one owner as a whole, so two managers must write the same.
    readonly parentRefs: readonly {
      readonly group: 'gateway.networking.k8s.io';
      readonly kind: 'Gateway';
      readonly name: string;
      readonly namespace: string;
    }[];
    readonly hostnames: readonly string[];
    readonly rules: readonly {
      readonly matches: readonly {
        readonly path: { readonly type: 'PathPrefix' | 'Exact'; readonly value: string };
      }[];
      readonly backendRefs: readonly {
        readonly group: '';
        readonly kind: 'Service';
        readonly name: string;
        readonly port: number;
        readonly weight: number;
      }[];
      readonly timeouts: { readonly request: string };
    }[];
  };
}

export function httpRoute(facts: DeploymentFacts): Manifest {
  const { spec, namespace } = facts;
  const [gatewayNamespace = '', gateway = ''] = spec.deploy.gateway.split('/');
  const seconds = requestSeconds(facts);
  const object = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: spec.name, namespace, labels: objectLabels(facts) },
    spec: {
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: gateway, namespace: gatewayNamespace }],
      hostnames: [hostOf(facts)],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [
            { group: '', kind: 'Service', name: workloadOf(facts).service, port: servicePort(facts), weight: 100 },
          ],
          timeouts: { request: `${seconds}s` },
        },
      ],
    },
  } satisfies HttpRoute;
  return {
    file: 'http-route.yaml',
    object,
    notes: [
      {
        path: ['spec', 'rules', 0, 'timeouts'],
        text: 'to receive a request, to wait and to run: limits.requestTimeoutMs twice, and the longest limits.runTimeoutMs',
      },
    ],
  };
}

/** Longer than the server takes to give up, so that callers get its answer and not that of the gateway. */
export function requestSeconds({ spec }: Pick<DeploymentFacts, 'spec'>): number {
  const run = Math.max(...spec.models.map(({ limits }) => limits.runTimeoutMs));
  return Math.ceil((2 * spec.limits.requestTimeoutMs + run) / 1000);
}

/** Two environments at one gateway cannot have the same name. */
export function hostOf({ spec, environment }: Pick<DeploymentFacts, 'spec' | 'environment'>): string {
  const { host } = spec.deploy;
  return environment === 'prod' ? host : host.replace(/^[^.]+/, (first) => `${first}-${environment}`);
}

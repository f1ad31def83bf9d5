/** A service of Knative → its NetworkPolicy: requests come by Knative alone, so that is who may call. */
import { portsOf } from '../config-map.ts';
import type { DeploymentFacts } from '../deployment-facts.ts';
import type { Manifest } from '../manifest.ts';
import { listOf } from '../names.ts';
import { inNamespace, policyThatAdmits } from '../network-policy.ts';

/** Of the activator, which holds requests, and of the autoscaler, which counts them. */
const KNATIVE_NAMESPACE = 'knative-serving';
/** Of the proxy that Knative puts into each pod: requests, the same as HTTP/2 and with TLS, and its count of them. */
const PROXY_PORTS = [8012, 8013, 8112, 9090];

export function knativePolicy(facts: DeploymentFacts): Manifest {
  return policyThatAdmits(facts, {
    callers: [KNATIVE_NAMESPACE, ...listOf(facts.spec.deploy.gatewayNamespaces)].map(inNamespace),
    ports: PROXY_PORTS,
    why: 'Knative, and the gateways of deploy.gatewayNamespaces: they bring the requests of everybody, so nobody is told apart here',
    metricsPort: portsOf(facts).http,
    whyMetrics: 'metrics: Prometheus (deploy.monitoringNamespace); they are on the one port that Knative knows',
  });
}

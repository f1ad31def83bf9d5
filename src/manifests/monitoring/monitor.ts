/** A service → how the Prometheus operator finds its metrics: a PodMonitor, or a ServiceMonitor. */
import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import type { DeploySpec } from '../../service/deploy-spec.ts';
import type { DeploymentFacts } from '../deployment-facts.ts';
import { objectLabels, selectorLabels } from '../identity.ts';
import type { Manifest } from '../manifest.ts';
import { METRICS_KEY, secretsOf } from '../secrets.ts';
import { workloadOf } from '../workload.ts';

/** Its value becomes the label `job` of every series. */
const JOB_LABEL = 'app.kubernetes.io/instance';

/** Whether the labels that series get are known, so that somebody can ask for them. */
export function hasKnownLabels({ monitor: kind }: Pick<DeploySpec, 'monitor'>): boolean {
  return kind === 'pod' || kind === 'service';
}

/** Undefined when no operator is asked for. */
export function monitor(facts: DeploymentFacts): Manifest | undefined {
  const { deploy } = facts.spec;
  // The Services that Knative makes are its own, and without this port.
  if (deploy.monitor === 'pod' || (deploy.monitor === 'service' && facts.platform === 'knative'))
    return podMonitor(facts);
  return deploy.monitor === 'service' ? serviceMonitor(facts) : undefined;
}

const WHY_JOB = 'the name of the service becomes the label "job", which alerts and dashboard ask for';

function podMonitor(facts: DeploymentFacts): Manifest {
  const { name } = facts.spec;
  const object = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name, namespace: facts.namespace, labels: { ...objectLabels(facts) } },
    spec: {
      jobLabel: JOB_LABEL,
      selector: { matchLabels: { ...selectorLabels(name) } },
      podMetricsEndpoints: [endpoint(facts)],
    },
  } satisfies IPodMonitor;
  return { file: 'pod-monitor.yaml', object, notes: [{ path: ['spec', 'jobLabel'], text: WHY_JOB }] };
}

function serviceMonitor(facts: DeploymentFacts): Manifest {
  const { name } = facts.spec;
  const object = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name, namespace: facts.namespace, labels: { ...objectLabels(facts) } },
    spec: {
      jobLabel: JOB_LABEL,
      selector: { matchLabels: { ...selectorLabels(name) } },
      endpoints: [endpoint(facts)],
    },
  } satisfies IServiceMonitor;
  return { file: 'service-monitor.yaml', object, notes: [{ path: ['spec', 'jobLabel'], text: WHY_JOB }] };
}

function endpoint(facts: DeploymentFacts) {
  const { spec, namespace } = facts;
  const { tls, metricsKey } = secretsOf(spec);
  const { metricsPort, service } = workloadOf(facts);
  return {
    port: metricsPort,
    path: '/metrics',
    interval: '15s',
    scrapeTimeout: '10s',
    ...(tls === undefined
      ? {}
      : {
          scheme: 'https' as const,
          // Pods are asked by address, and the certificate is for the Service.
          tlsConfig: { ca: { secret: { name: tls, key: 'ca.crt' } }, serverName: `${service}.${namespace}.svc` },
        }),
    ...(metricsKey === undefined ? {} : { authorization: { credentials: { name: metricsKey, key: METRICS_KEY } } }),
  };
}

/** A service → the ScaledObject with which KEDA counts its pods: by CPU, and by the rows that wait. KEDA makes the HorizontalPodAutoscaler. */
import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import type { DeploymentFacts } from '../deployment-facts.ts';
import { objectLabels } from '../identity.ts';
import type { KubernetesObject, Manifest } from '../manifest.ts';
import { fullQueues, prometheusUrl } from '../monitoring/ask-prometheus.ts';
import type { Numbers } from '../numbers.ts';
import { workloadOf } from '../workload.ts';
import { BEHAVIOR, boundNotes, replicasOf, WHY_BEHAVIOR } from './bounds.ts';

/** As often as Prometheus asks the pods. */
const POLLING_SECONDS = 15;
const FAILURES = 3;
/** Of a queue, in each pod. */
export const QUEUE_TARGET = '0.5';
export const WHY_QUEUE_TARGET =
  'half a full queue for each pod: the server sets the bound of its queue so that a full one is answered within slo.p99Ms';

/** The types of KEDA 2.17 and later have what the fallback does. */
type ScaledObject = IScaledObject & {
  readonly spec: { readonly fallback: { readonly behavior: 'currentReplicasIfHigher' } };
};

export function scaledObject(facts: DeploymentFacts, { cpuTarget }: Numbers): Manifest {
  const { spec, namespace } = facts;
  const { min, max } = replicasOf(facts);
  const { target } = workloadOf(facts);
  const object = {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: {
      name: spec.name,
      namespace,
      labels: { ...objectLabels(facts) },
      annotations: { 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' },
    },
    spec: {
      scaleTargetRef: target,
      minReplicaCount: min,
      maxReplicaCount: max,
      pollingInterval: POLLING_SECONDS,
      fallback: { failureThreshold: FAILURES, replicas: min, behavior: 'currentReplicasIfHigher' },
      advanced: { horizontalPodAutoscalerConfig: { name: spec.name, behavior: BEHAVIOR } },
      triggers: [
        { type: 'cpu', metricType: 'Utilization', metadata: { value: String(cpuTarget.value) } },
        {
          type: 'prometheus',
          name: 'queue',
          metricType: 'AverageValue',
          metadata: {
            serverAddress: prometheusUrl(facts),
            query: fullQueues(facts),
            threshold: QUEUE_TARGET,
            ignoreNullValues: 'false',
          },
        },
      ],
    },
  } satisfies ScaledObject & KubernetesObject;
  const trigger = ['spec', 'triggers', 1, 'metadata'] as const;
  return {
    file: 'scaled-object.yaml',
    object,
    notes: [
      {
        path: ['metadata', 'annotations'],
        text: 'takes over the HorizontalPodAutoscaler of that name where there is one: deploy.autoscaler was hpa before',
      },
      ...boundNotes(facts, ['spec', 'minReplicaCount'], ['spec', 'maxReplicaCount']),
      { path: ['spec', 'pollingInterval'], text: 'seconds: as often as Prometheus asks the pods' },
      {
        path: ['spec', 'fallback'],
        text: 'while Prometheus cannot be asked, load alone starts pods and none is stopped',
      },
      { path: ['spec', 'advanced', 'horizontalPodAutoscalerConfig', 'behavior'], text: WHY_BEHAVIOR },
      { path: ['spec', 'triggers', 0], text: cpuTarget.why },
      { path: [...trigger, 'query'], text: 'how many full queues would hold what waits in all pods together' },
      { path: [...trigger, 'threshold'], text: WHY_QUEUE_TARGET },
      { path: [...trigger, 'ignoreNullValues'], text: 'no series is no answer, and not an empty queue' },
    ],
  };
}

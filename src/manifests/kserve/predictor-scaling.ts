/** A service → how KServe counts its pods: by CPU, or with KEDA by the rows that wait too. One pod in dev. */
import type { DeploymentFacts } from '../deployment-facts.ts';
import type { Note, ObjectPath } from '../manifest.ts';
import { fullQueues, prometheusUrl } from '../monitoring/ask-prometheus.ts';
import type { Numbers } from '../numbers.ts';
import { BEHAVIOR, boundNotes, replicasOf, WHY_BEHAVIOR } from '../scaling/bounds.ts';
import { QUEUE_TARGET, WHY_QUEUE_TARGET } from '../scaling/scaled-object.ts';

type Metric =
  | {
      readonly type: 'Resource';
      readonly resource: {
        readonly name: 'cpu';
        readonly target: { readonly type: 'Utilization'; readonly averageUtilization: number };
      };
    }
  | {
      readonly type: 'External';
      readonly external: {
        readonly metric: { readonly backend: 'prometheus'; readonly serverAddress: string; readonly query: string };
        readonly target: { readonly type: 'Value'; readonly value: string };
      };
    };

export interface PredictorScaling {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly scaleMetric?: 'cpu';
  readonly scaleTarget?: number;
  readonly autoScaling?: {
    readonly metrics: readonly Metric[];
    readonly behavior: {
      readonly scaleUp: { readonly stabilizationWindowSeconds: number };
      readonly scaleDown: { readonly stabilizationWindowSeconds: number };
    };
  };
}

export function autoscalerClass({ environment, spec }: DeploymentFacts): 'none' | 'hpa' | 'keda' {
  return environment === 'dev' ? 'none' : spec.deploy.autoscaler;
}

export function predictorScaling(facts: DeploymentFacts, { cpuTarget }: Numbers): PredictorScaling {
  const { min, max } = replicasOf(facts);
  const bounds = { minReplicas: min, maxReplicas: max };
  const by = autoscalerClass(facts);
  if (by === 'none') return bounds;
  if (by === 'hpa') return { ...bounds, scaleMetric: 'cpu', scaleTarget: cpuTarget.value };
  return { ...bounds, autoScaling: { metrics: metricsOf(facts, cpuTarget.value), behavior: windows() } };
}

function metricsOf(facts: DeploymentFacts, cpuTarget: number): readonly Metric[] {
  return [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuTarget } } },
    {
      type: 'External',
      external: {
        metric: { backend: 'prometheus', serverAddress: prometheusUrl(facts), query: fullQueues(facts) },
        target: { type: 'Value', value: QUEUE_TARGET },
      },
    },
  ];
}

/** KServe hands on these alone. */
function windows() {
  const { scaleUp, scaleDown } = BEHAVIOR;
  return {
    scaleUp: { stabilizationWindowSeconds: scaleUp.stabilizationWindowSeconds },
    scaleDown: { stabilizationWindowSeconds: scaleDown.stabilizationWindowSeconds },
  };
}

export function scalingNotes(facts: DeploymentFacts, { cpuTarget }: Numbers, predictor: ObjectPath): readonly Note[] {
  const by = autoscalerClass(facts);
  if (by === 'none') return [{ path: [...predictor, 'minReplicas'], text: 'one pod in dev' }];
  const bounds = boundNotes(facts, [...predictor, 'minReplicas'], [...predictor, 'maxReplicas']);
  if (by === 'hpa') return [...bounds, { path: [...predictor, 'scaleTarget'], text: cpuTarget.why }];
  const metrics = [...predictor, 'autoScaling', 'metrics'];
  return [
    ...bounds,
    { path: [...metrics, 0], text: cpuTarget.why },
    { path: [...metrics, 1, 'external', 'metric', 'query'], text: 'how many full queues would hold what waits' },
    { path: [...metrics, 1, 'external', 'target'], text: WHY_QUEUE_TARGET },
    { path: [...predictor, 'autoScaling', 'behavior'], text: WHY_BEHAVIOR },
  ];
}

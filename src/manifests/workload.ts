/** A service → what makes its pods, and by which names the cluster and its metrics know them. */
import type { DeploymentFacts } from './deployment-facts.ts';
import { examplePod, podPattern } from './pod-names.ts';

export const CONTAINER = 'server';
/** The name that KServe looks for. */
export const KSERVE_CONTAINER = 'kserve-container';

export interface Workload {
  /** What an autoscaler scales. */
  readonly target: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly container: string;
  /** Name of its port for predictions. */
  readonly httpPort: string;
  /** Name of the port that has the metrics, as a pod has it. */
  readonly metricsPort: string;
  /** The Service that callers name. */
  readonly service: string;
  /** Names of its pods, as a regular expression that is anchored at both ends. */
  readonly pods: string;
  /** One such name. */
  readonly examplePod: string;
  /** Name of the HorizontalPodAutoscaler; undefined: there is none. */
  readonly autoscaler: string | undefined;
  /** Label by which pods of one revision are told from those of another. */
  readonly revisionLabel: string;
}

type Facts = Pick<DeploymentFacts, 'spec' | 'platform'>;

/** The third revision of a Service of Knative. */
const REVISION = '-00003-';
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' } as const;

export function workloadOf(facts: Facts): Workload {
  if (facts.platform === 'kserve') return ofKServe(facts);
  return facts.platform === 'knative' ? ofKnative(facts) : ofKubernetes(facts);
}

function ofKubernetes({ spec: { name, deploy } }: Facts): Workload {
  const isRollout = deploy.rollout === 'argo';
  return {
    target: { ...(isRollout ? { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' } : DEPLOYMENT), name },
    container: CONTAINER,
    httpPort: 'http',
    metricsPort: 'metrics',
    service: name,
    pods: podPattern(name),
    examplePod: examplePod(name),
    autoscaler: name,
    revisionLabel: isRollout ? 'rollouts-pod-template-hash' : 'pod-template-hash',
  };
}

/** Its Deployment, Service and autoscaler are of the predictor. */
function ofKServe({ spec }: Facts): Workload {
  const name = predictorName(spec.name);
  return {
    target: { ...DEPLOYMENT, name },
    container: KSERVE_CONTAINER,
    httpPort: 'http1',
    metricsPort: 'metrics',
    service: name,
    pods: podPattern(name),
    examplePod: examplePod(name),
    autoscaler: spec.deploy.autoscaler === 'keda' ? `keda-hpa-${name}` : name,
    revisionLabel: 'pod-template-hash',
  };
}

/** A Deployment for each revision: `fraud-00003-deployment`. */
function ofKnative({ spec: { name } }: Facts): Workload {
  const deployment = `${name}${REVISION}deployment`;
  return {
    target: { ...DEPLOYMENT, name },
    container: CONTAINER,
    httpPort: 'http1',
    metricsPort: 'user-port',
    service: name,
    pods: podPattern(deployment).replace(/-00003-(?!.*-00003-)/, '-[0-9]{5}-'),
    examplePod: examplePod(deployment),
    autoscaler: undefined,
    revisionLabel: 'pod-template-hash',
  };
}

export function predictorName(service: string): string {
  return `${service}-predictor`;
}

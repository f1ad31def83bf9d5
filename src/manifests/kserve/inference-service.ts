/** A service × its numbers → its InferenceService: KServe makes Deployment, Service and autoscaler from it, in the mode without Knative. */
import type { IDeploymentStrategy } from 'kubernetes-models/apps/v1/DeploymentStrategy';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import { WHY_SURGE } from '../deployment.ts';
import type { DeploymentFacts } from '../deployment-facts.ts';
import { identityAnnotations, objectLabels } from '../identity.ts';
import type { KubernetesObject, Manifest, Note } from '../manifest.ts';
import type { Numbers } from '../numbers.ts';
import { podNotes, podTemplate } from '../pod.ts';
import { requestSeconds } from '../traffic/http-route.ts';
import { autoscalerClass, type PredictorScaling, predictorScaling, scalingNotes } from './predictor-scaling.ts';

/** The members of serving.kserve.io/v1beta1 that are written. */
export interface InferenceService extends KubernetesObject {
  readonly apiVersion: 'serving.kserve.io/v1beta1';
  readonly kind: 'InferenceService';
  readonly spec: {
    readonly predictor: IPodSpec &
      PredictorScaling & {
        /** Seconds, of its routes. */
        readonly timeout: number;
        readonly deploymentStrategy: IDeploymentStrategy;
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations: Readonly<Record<string, string>>;
      };
  };
}

/** `config`: the name of its ConfigMap. */
export function inferenceService(facts: DeploymentFacts, numbers: Numbers, config: string): Manifest {
  const { metadata, spec: pod } = podTemplate(facts, numbers, config);
  const object = {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: {
      name: facts.spec.name,
      namespace: facts.namespace,
      labels: { ...objectLabels(facts), 'networking.kserve.io/visibility': 'cluster-local' },
      annotations: {
        'serving.kserve.io/deploymentMode': 'Standard',
        'serving.kserve.io/autoscalerClass': autoscalerClass(facts),
        ...identityAnnotations(facts),
      },
    },
    spec: {
      predictor: {
        ...predictorScaling(facts, numbers),
        timeout: requestSeconds(facts),
        deploymentStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        labels: metadata.labels,
        annotations: metadata.annotations,
        ...pod,
      },
    },
  } satisfies InferenceService;
  return { file: 'inference-service.yaml', object, notes: notesOf(facts, numbers) };
}

function notesOf(facts: DeploymentFacts, numbers: Numbers): readonly Note[] {
  const predictor = ['spec', 'predictor'] as const;
  const { environment } = facts;
  return [
    {
      path: ['metadata', 'labels', 'networking.kserve.io/visibility'],
      text: 'KServe makes no route from outside: deploy.expose does, for deploy.host',
    },
    {
      path: ['metadata', 'annotations', 'serving.kserve.io/deploymentMode'],
      text: 'a Deployment and not Knative, whose rules for pods are narrower: mlserve deploy --format knative follows those',
    },
    ...scalingNotes(facts, numbers, predictor),
    {
      path: [...predictor, 'timeout'],
      text: 'seconds to receive a request, to wait and to run: limits.requestTimeoutMs twice, and the longest limits.runTimeoutMs',
    },
    { path: [...predictor, 'deploymentStrategy'], text: environment === 'dev' ? 'the new pod first' : WHY_SURGE },
    // The template of the pods is not one object here: what it says of metadata and spec is in the predictor.
    ...podNotes([], facts, numbers).map(({ path: [, ...rest], text }) => ({ path: [...predictor, ...rest], text })),
  ];
}

/** A service × its numbers → its Service of Knative, with what Knative allows in a pod unless its administrator allows more. */
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import { containerNotes, serverContainer } from '../container.ts';
import type { DeploymentFacts } from '../deployment-facts.ts';
import { identityAnnotations, objectLabels } from '../identity.ts';
import type { KubernetesObject, Manifest, Note } from '../manifest.ts';
import type { Numbers } from '../numbers.ts';
import { podTemplate } from '../pod.ts';
import { requestSeconds } from '../traffic/http-route.ts';
import { concurrencyOf } from './concurrency.ts';
import { annotationNotes, revisionAnnotations } from './revision-annotations.ts';

/** `max-revision-timeout-seconds` of Knative, unless its administrator has set it. */
export const MOST_SECONDS = 600;

type Allowed =
  | 'serviceAccountName'
  | 'automountServiceAccountToken'
  | 'enableServiceLinks'
  | 'imagePullSecrets'
  | 'containers'
  | 'volumes';

/** The members of serving.knative.dev/v1 that are written. */
export interface KnativeService extends KubernetesObject {
  readonly apiVersion: 'serving.knative.dev/v1';
  readonly kind: 'Service';
  readonly spec: {
    readonly template: {
      readonly metadata: {
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations: Readonly<Record<string, string>>;
      };
      readonly spec: Pick<IPodSpec, Allowed> & {
        readonly containerConcurrency: number;
        readonly timeoutSeconds: number;
      };
    };
  };
}

/** `config`: the name of its ConfigMap. */
export function knativeService(facts: DeploymentFacts, numbers: Numbers, config: string): Manifest {
  const { metadata, spec: pod } = podTemplate(facts, numbers, config);
  const { serviceAccountName, automountServiceAccountToken, enableServiceLinks, volumes } = pod;
  const object = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name: facts.spec.name,
      namespace: facts.namespace,
      labels: { ...objectLabels(facts), 'networking.knative.dev/visibility': 'cluster-local' },
      annotations: { ...identityAnnotations(facts) },
    },
    spec: {
      template: {
        metadata: {
          labels: metadata.labels,
          annotations: { ...revisionAnnotations(facts, numbers), ...metadata.annotations },
        },
        spec: {
          containerConcurrency: concurrencyOf(facts).limit.value,
          timeoutSeconds: Math.min(MOST_SECONDS, requestSeconds(facts)),
          serviceAccountName,
          automountServiceAccountToken,
          enableServiceLinks,
          ...('imagePullSecrets' in pod ? { imagePullSecrets: pod.imagePullSecrets } : {}),
          containers: [serverContainer(facts, numbers, config)],
          volumes,
        },
      },
    },
  } satisfies KnativeService;
  return { file: 'knative-service.yaml', object, notes: notesOf(facts, numbers) };
}

function notesOf(facts: DeploymentFacts, numbers: Numbers): readonly Note[] {
  const template = ['spec', 'template'] as const;
  return [
    {
      path: ['metadata', 'labels', 'networking.knative.dev/visibility'],
      text: 'no address outside the cluster; deploy.expose makes one, by a DomainMapping',
    },
    ...annotationNotes([...template, 'metadata', 'annotations'], facts, numbers),
    { path: [...template, 'spec', 'containerConcurrency'], text: concurrencyOf(facts).limit.why },
    {
      path: [...template, 'spec', 'timeoutSeconds'],
      text: `to receive a request, to wait and to run: limits.requestTimeoutMs twice, and the longest limits.runTimeoutMs; Knative allows ${MOST_SECONDS}`,
    },
    { path: [...template, 'spec', 'automountServiceAccountToken'], text: 'the server asks Kubernetes for nothing' },
    ...containerNotes([...template, 'spec', 'containers', 0], facts, numbers),
  ];
}

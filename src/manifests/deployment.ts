/** A service × its numbers → its Deployment. */
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import { type DeploymentFacts, mainModel } from './deployment-facts.ts';
import { identityAnnotations, objectLabels, selectorLabels } from './identity.ts';
import type { Manifest, Note } from './manifest.ts';
import { shortDigest } from './names.ts';
import type { Numbers } from './numbers.ts';
import { podNotes, podTemplate } from './pod.ts';

/** A rollout that does not get on for this long has failed. */
const PROGRESS_SECONDS = 600;
const MIN_READY_SECONDS = 10;

/** `config`: the name of its ConfigMap. */
export function deployment(facts: DeploymentFacts, numbers: Numbers, config: string): Manifest {
  const { name, version } = facts.spec;
  const { name: model, version: modelVersion, digests } = mainModel(facts);
  const isAlone = facts.environment === 'dev';
  const progressDeadlineSeconds = Math.max(PROGRESS_SECONDS, 2 * (numbers.startupSeconds.value + MIN_READY_SECONDS));
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace: facts.namespace,
      labels: { ...objectLabels(facts) },
      annotations: {
        'kubernetes.io/change-cause': `${name} ${version}: model ${model} ${modelVersion} ${shortDigest(digests.model)}`,
        ...identityAnnotations(facts),
      },
    },
    spec: {
      ...(isAlone ? { replicas: 1 } : {}),
      selector: { matchLabels: { ...selectorLabels(name) } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      minReadySeconds: MIN_READY_SECONDS,
      progressDeadlineSeconds,
      revisionHistoryLimit: 5,
      template: podTemplate(facts, numbers, config),
    },
  } satisfies IDeployment;
  const notes: readonly Note[] = [
    ...(isAlone
      ? []
      : [
          {
            path: ['spec'],
            text: 'no replicas: the HorizontalPodAutoscaler counts them, and an apply must not reset it',
          },
        ]),
    { path: ['spec', 'strategy'], text: 'one new pod at a time beside all old ones: a model in memory is what costs' },
    {
      path: ['spec', 'progressDeadlineSeconds'],
      text: `at least twice the ${numbers.startupSeconds.value + MIN_READY_SECONDS} s in which a pod must start`,
    },
    ...podNotes(['spec', 'template'], facts, numbers),
  ];
  return { file: 'deployment.yaml', object, notes };
}

/** A service × its numbers → what a Deployment and a Rollout of Argo have in common: which pods, how many, and how long they may take. */
import type { IObjectMeta } from '@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta';
import { type DeploymentFacts, mainModel } from './deployment-facts.ts';
import { identityAnnotations, objectLabels, selectorLabels } from './identity.ts';
import type { Note } from './manifest.ts';
import { shortDigest } from './names.ts';
import type { Numbers } from './numbers.ts';
import { podNotes, podTemplate } from './pod.ts';

/** A rollout that does not get on for this long has failed. */
const PROGRESS_SECONDS = 600;
/** A pod counts when it has been ready for this long. */
export const MIN_READY_SECONDS = 10;

/** The time in which a pod must become ready, twice. */
export function progressSeconds({ startupSeconds }: Numbers): number {
  return Math.max(PROGRESS_SECONDS, 2 * (startupSeconds.value + MIN_READY_SECONDS));
}

export function whyProgress({ startupSeconds }: Numbers): string {
  return `at least twice the ${startupSeconds.value + MIN_READY_SECONDS} s in which a pod must start`;
}

/** `config`: the name of its ConfigMap. */
export function replicated(facts: DeploymentFacts, numbers: Numbers, config: string) {
  const { name, version } = facts.spec;
  const { name: model, version: modelVersion, digests } = mainModel(facts);
  const isAlone = facts.environment === 'dev';
  const metadata = {
    name,
    namespace: facts.namespace,
    labels: { ...objectLabels(facts) },
    annotations: {
      'kubernetes.io/change-cause': `${name} ${version}: model ${model} ${modelVersion} ${shortDigest(digests.model)}`,
      ...identityAnnotations(facts),
    },
  } satisfies IObjectMeta;
  const whyNoReplicas = 'no replicas: the autoscaler counts them, and an apply must not reset it';
  const notes: readonly Note[] = [
    ...(isAlone ? [] : [{ path: ['spec'], text: whyNoReplicas }]),
    { path: ['spec', 'progressDeadlineSeconds'], text: whyProgress(numbers) },
    ...podNotes(['spec', 'template'], facts, numbers),
  ];
  return {
    metadata,
    replicas: isAlone ? { replicas: 1 } : {},
    selector: { matchLabels: { ...selectorLabels(name) } },
    limits: {
      minReadySeconds: MIN_READY_SECONDS,
      progressDeadlineSeconds: progressSeconds(numbers),
      revisionHistoryLimit: 5,
    },
    template: podTemplate(facts, numbers, config),
    notes,
  };
}

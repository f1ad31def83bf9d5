/** A service × its numbers → the Rollout with which Argo replaces its pods: in steps, and back again when measurements speak against them. */
import type { IRollout } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout';
import { WHY_SURGE } from '../deployment.ts';
import type { DeploymentFacts } from '../deployment-facts.ts';
import type { KubernetesObject, Manifest, Note } from '../manifest.ts';
import type { Numbers } from '../numbers.ts';
import { replicated } from '../replicated.ts';
import { analysisName, HASH_ARGUMENT, isAnalysed, WINDOW_MINUTES } from './analysis-template.ts';

/** Percent of the pods, and minutes to look at them. Each wait is longer than what the analysis looks back on. */
const STEPS = {
  dev: [],
  staging: [[50, WINDOW_MINUTES + 1]],
  prod: [
    [10, 2 * WINDOW_MINUTES + 1],
    [50, 2 * WINDOW_MINUTES + 1],
  ],
} as const;

/** `config`: the name of its ConfigMap. */
export function rollout(facts: DeploymentFacts, numbers: Numbers, config: string): Manifest {
  const { metadata, replicas, selector, limits, template, notes } = replicated(facts, numbers, config);
  const steps = STEPS[facts.environment].flatMap(([percent, minutes]) => [
    { setWeight: percent },
    { pause: { duration: `${minutes}m` } },
  ]);
  const analysis = {
    templates: [{ templateName: analysisName(facts) }],
    startingStep: 1,
    args: [{ name: HASH_ARGUMENT, valueFrom: { podTemplateHashValue: 'Latest' } }],
  };
  const object = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata,
    spec: {
      ...replicas,
      selector,
      strategy: {
        canary: {
          maxUnavailable: 0,
          maxSurge: 1,
          ...(steps.length === 0 ? {} : { steps }),
          ...(isAnalysed(facts) ? { analysis } : {}),
        },
      },
      ...limits,
      progressDeadlineAbort: true,
      template,
    },
  } satisfies IRollout & KubernetesObject;
  const canary = ['spec', 'strategy', 'canary'] as const;
  const own: readonly Note[] = [
    { path: [...canary, 'maxUnavailable'], text: WHY_SURGE },
    {
      path: [...canary, 'steps'],
      text: 'the share of the pods that are new, at least one, which is their share of the requests too; each wait is longer than what the analysis looks back on',
    },
    {
      path: [...canary, 'analysis'],
      text: 'from the first wait on, of the new pods alone; when it fails, all pods are old ones again',
    },
    { path: ['spec', 'progressDeadlineAbort'], text: 'new pods that do not become ready go, and the old ones stay' },
  ];
  return { file: 'rollout.yaml', object, notes: [...notes, ...own] };
}

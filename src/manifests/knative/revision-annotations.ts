/** A service × its numbers → the annotations by which Knative scales its revisions, and why. */
import type { DeploymentFacts } from '../deployment-facts.ts';
import type { Note, ObjectPath } from '../manifest.ts';
import { listOf } from '../names.ts';
import type { Numbers } from '../numbers.ts';
import { progressSeconds, whyProgress } from '../replicated.ts';
import { BEHAVIOR, replicasOf } from '../scaling/bounds.ts';
import { concurrencyOf } from './concurrency.ts';

const AUTOSCALING = 'autoscaling.knative.dev';
const PROGRESS = 'serving.knative.dev/progress-deadline';

interface Annotation {
  readonly name: string;
  readonly value: string;
  readonly why: string;
}

function annotationsOf(facts: DeploymentFacts, numbers: Numbers): readonly Annotation[] {
  const { environment, spec } = facts;
  const { min, max } = replicasOf(facts);
  const { target } = concurrencyOf(facts);
  const isDev = environment === 'dev';
  const scaling = (name: string, value: string | number, why: string): Annotation => ({
    ...{ name: `${AUTOSCALING}/${name}`, value: String(value), why },
  });
  const never = 'never to none: a model takes its time to load';
  return [
    scaling('class', `kpa.${AUTOSCALING}`, 'by requests under way, which Knative sees at once'),
    scaling('metric', 'concurrency', ''),
    scaling('target', target.value, `${target.why}; Knative aims at 70 % of it`),
    scaling('min-scale', isDev ? 0 : min, isDev ? 'none in dev while nobody calls' : `deploy.minReplicas; ${never}`),
    scaling('max-scale', max, isDev ? 'one pod in dev' : 'deploy.maxReplicas'),
    scaling('scale-down-delay', `${BEHAVIOR.scaleDown.stabilizationWindowSeconds}s`, 'down slowly, up at once'),
    // The proxies of the gateway reach the pods by themselves only where the NetworkPolicy lets them in.
    ...(listOf(spec.deploy.gatewayNamespaces).length > 0
      ? []
      : [scaling('target-burst-capacity', -1, 'every request by the activator, which alone may call the pods')]),
    { name: PROGRESS, value: `${progressSeconds(numbers)}s`, why: whyProgress(numbers) },
  ];
}

export function revisionAnnotations(facts: DeploymentFacts, numbers: Numbers): Readonly<Record<string, string>> {
  return Object.fromEntries(annotationsOf(facts, numbers).map(({ name, value }) => [name, value]));
}

/** `at`: where the annotations are. */
export function annotationNotes(at: ObjectPath, facts: DeploymentFacts, numbers: Numbers): readonly Note[] {
  return annotationsOf(facts, numbers).flatMap(({ name, why }) =>
    why === '' ? [] : [{ path: [...at, name], text: why }],
  );
}

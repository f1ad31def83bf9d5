/** A Deployment that was applied × the lock → its pods, each with what it serves; or ROLLOUT_FAILED, or DIGEST_MISMATCH. */
import { MlserveError } from '../errors.ts';
import { type DeploymentFacts, modelsOf } from '../manifests/deployment-facts.ts';
import { deriveNumbers } from '../manifests/numbers.ts';
import { compareDigests, type ServedModel } from '../manifests/rollout/compare-digests.ts';
import { rolloutSeconds } from '../manifests/rollout/deadline.ts';
import type { Io } from '../ports.ts';
import { type AnsweredRollout, awaitAnswers } from './await-answers.ts';
import type { RolloutSubject } from './observe-rollout.ts';

export type ProvenRollout = AnsweredRollout;

/** `timeoutMs`: derived from how long a pod may take to start when absent. */
export async function proveRollout(
  subject: RolloutSubject,
  { facts, timeoutMs }: { readonly facts: DeploymentFacts; readonly timeoutMs: number | undefined },
  io: Pick<Io, 'clock' | 'terminal'>,
  signal: AbortSignal,
): Promise<ProvenRollout> {
  const numbers = deriveNumbers(facts);
  const limit = (pods: number): number =>
    timeoutMs === undefined ? rolloutSeconds(numbers, pods).value : timeoutMs / 1000;
  io.terminal.info(`waiting for Deployment/${subject.name}`);
  const { pods, seconds } = await awaitAnswers(subject, { facts, limit }, io, signal);
  const issues = compareDigests(pods, lockedModels(facts), 'mlserve.lock');
  if (issues.length === 0) return { pods, seconds };
  const isSilent = pods.some(({ models }) => models === undefined);
  throw new MlserveError('DIGEST_MISMATCH', 'what runs is not shown to be what was built', {
    where: `namespace ${subject.namespace}`,
    issues,
    hint: isSilent
      ? 'the API server asks the pods: you need the right to get pods/proxy, and network policies must let the API server in (docs/deploy.md)'
      : 'the image holds other models than the lock: build it again with "mlserve build image --push", and deploy that',
  });
}

function lockedModels(facts: DeploymentFacts): readonly ServedModel[] {
  return modelsOf(facts).map(({ locked: { name, version, digests } }) => ({ name, version, digest: digests.model }));
}

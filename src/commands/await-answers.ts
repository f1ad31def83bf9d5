/** A Deployment that was applied → its pods, when all are ready, each with what it serves. A pod that goes before it was asked is no answer. */
import type { DeploymentFacts } from '../manifests/deployment-facts.ts';
import type { LivePod } from '../manifests/live/live-objects.ts';
import type { PodAnswer } from '../manifests/rollout/compare-digests.ts';
import { isActive } from '../manifests/rollout/new-pods.ts';
import type { Io } from '../ports.ts';
import { askPods } from './ask-pods.ts';
import { awaitRollout } from './await-rollout.ts';
import type { RolloutSubject } from './observe-rollout.ts';

/** An autoscaler or a drained node may take pods away at any time, but not all the time. */
const ROUNDS = 3;

export interface AnsweredRollout {
  readonly seconds: number;
  readonly pods: readonly PodAnswer[];
}

/** `limit`: the seconds that so many pods may take. */
export async function awaitAnswers(
  subject: RolloutSubject,
  { facts, limit }: { readonly facts: Pick<DeploymentFacts, 'spec'>; readonly limit: (pods: number) => number },
  io: Pick<Io, 'clock' | 'terminal'>,
  signal: AbortSignal,
): Promise<AnsweredRollout> {
  let waited = 0;
  for (let round = 1; ; round++) {
    const { pods: ready, seconds } = await awaitRollout(subject, limit, io, signal);
    waited += seconds;
    const pods = await askPods(subject, facts, ready.map(({ metadata }) => metadata.name).sort());
    const silent = pods.filter(({ models }) => models === undefined);
    const gone = silent.length === 0 || round === ROUNDS ? [] : await goneOf(subject, silent);
    if (gone.length === 0) return { pods, seconds: waited };
    io.terminal.info(`  ${gone.join(', ')}: gone before it was asked; asking those that are there now`);
  }
}

async function goneOf(
  { cluster, namespace, labels }: RolloutSubject,
  silent: readonly PodAnswer[],
): Promise<readonly string[]> {
  const found = await cluster.list<LivePod>({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labels });
  const there = new Set(found.filter(isActive).map(({ metadata }) => metadata.name));
  return silent.map(({ pod }) => pod).filter((pod) => !there.has(pod));
}

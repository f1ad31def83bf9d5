/** What is observed of a rollout → done, failed or still going, with what keeps it. */
import type { Cause } from './cause.ts';
import { causesOf } from './causes.ts';
import { newReplicaSet } from './new-pods.ts';
import type { ObservedRollout } from './observed.ts';
import { type Progress, progressOf } from './progress.ts';

export interface Verdict {
  readonly state: 'going' | 'done' | 'failed';
  readonly progress: Progress;
  readonly causes: readonly Cause[];
}

/** What has kept it so far; undefined until the cluster has begun. */
export function pastOf(rollout: ObservedRollout): ReadonlySet<string> | undefined {
  if (newReplicaSet(rollout) === undefined) return undefined;
  return new Set(causesOf(rollout).flatMap(({ evidence }) => evidence));
}

/**
 * One pod that will never be ready is enough to fail: the others wait for it. What happened before (`known`) may have been mended since, and
 * the cluster tries again by itself: it fails when that happens once more.
 */
export function judgeRollout(rollout: ObservedRollout, known: ReadonlySet<string> = new Set()): Verdict {
  const progress = progressOf(rollout);
  if (progress.isDone) return { state: 'done', progress, causes: [] };
  const causes = causesOf(rollout).map((cause) => ({
    ...cause,
    isFinal: cause.isFinal && cause.evidence.some((each) => !known.has(each)),
  }));
  return { state: causes.some(({ isFinal }) => isFinal) ? 'failed' : 'going', progress, causes };
}

/** What is observed of a rollout → done, failed or still going, with what keeps it. */
import { type Cause, causesOf } from './causes.ts';
import type { ObservedRollout } from './observed.ts';
import { type Progress, progressOf } from './progress.ts';

export interface Verdict {
  readonly state: 'going' | 'done' | 'failed';
  readonly progress: Progress;
  readonly causes: readonly Cause[];
}

/** One pod that will never be ready is enough to fail: the others wait for it. */
export function judgeRollout(rollout: ObservedRollout): Verdict {
  const progress = progressOf(rollout);
  if (progress.isDone) return { state: 'done', progress, causes: [] };
  const causes = causesOf(rollout);
  return { state: causes.some(({ isFinal }) => isFinal) ? 'failed' : 'going', progress, causes };
}

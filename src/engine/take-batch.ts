/** Waiting jobs → the ones that run next, together. */
import type { InferError } from './engine.ts';
import { type Job, whyGone } from './job.ts';
import type { RowQueue } from './row-queue.ts';
import { isSameClass, mayShare } from './shape-class.ts';

/** Jobs of other shapes that are looked past for one that fits into the batch. */
const MOST_PASSED = 256;

/**
 * The oldest job and, when it leaves room for more, those of its shape class that wait behind it, up to `maxRows` rows. Jobs not worth running at
 * `now` are rejected on the way. Empty when nothing is left.
 */
export function takeBatch(queue: RowQueue<Job>, maxRows: number, now: number): readonly Job[] {
  let first = queue.take();
  while (first !== undefined && rejectIfGone(first, now)) first = queue.take();
  if (first === undefined) return [];
  const { request, rows } = first;
  if (queue.length === 0 || rows >= maxRows || !mayShare(request)) return [first];
  const others = queue.takeMore({
    rows: maxRows - rows,
    mostPassed: MOST_PASSED,
    judge: (job) => {
      if (rejectIfGone(job, now)) return 'drop';
      return isSameClass(request, job.request) && mayShare(job.request) ? 'take' : 'pass';
    },
  });
  return [first, ...others];
}

/** Rejects a job that is not worth running at `now`, and says whether it did. */
export function rejectIfGone(job: Job, now: number): boolean {
  const error: InferError | undefined = whyGone(job, now);
  if (error !== undefined) job.reject(error);
  return error !== undefined;
}

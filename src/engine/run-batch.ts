/** Session × jobs that share a run → each job settled. */
import type { Clock, Session } from '../ports.ts';
import { InferError, type InferFailure } from './engine.ts';
import type { Job } from './job.ts';

/** Never rejects. `failureKind` is asked when the run rejects: whether the runtime said no or the worker died. */
export async function runBatch(
  session: Session,
  batch: readonly Job[],
  clock: Clock,
  failureKind: () => InferFailure,
): Promise<void> {
  // First form: a batch is one request, so its tensors are the batch's tensors.
  for (const { request, admittedAt, resolve, reject } of batch) {
    const startedAt = clock.monotonic();
    try {
      const { outputs, runMs } = await session.run(request.inputs, request.outputs ?? session.outputNames);
      resolve({ outputs, queueMs: startedAt - admittedAt, inferMs: runMs, batchRows: request.rows });
    } catch (error) {
      reject(new InferError(failureKind(), error instanceof Error ? error.message : String(error), { cause: error }));
    }
  }
}

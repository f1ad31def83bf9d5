/** Session × jobs that share a run → each job settled. */
import type { Clock, Session } from '../ports.ts';
import { InferError, type InferFailure } from './engine.ts';
import { type Job, whyGone } from './job.ts';
import { haveRows, sliceRows, stackRows } from './stack-rows.ts';

export interface BatchRun {
  readonly session: Session;
  /** One job, or several of one shape class (`isSameClass`). */
  readonly batch: readonly Job[];
  readonly clock: Clock;
  /** One row runs as two of itself: see `Batching`. */
  readonly doubles: boolean;
  /** Asked when the run rejects: whether the runtime said no or the worker died. */
  failureKind(): InferFailure;
  /** Told before each further run of the same batch. */
  onRun(): void;
  /** Told when the outputs of several rows have another number of rows. */
  onUnsplittable(): void;
}

/** Never rejects. A batch that fails is run again job by job, so that a bad request fails alone. */
export async function runBatch(run: BatchRun): Promise<void> {
  const { batch, clock } = run;
  if (batch.length > 1 && (await runTogether(run))) return;
  for (const job of batch) {
    // The first run of a failed batch took its time.
    const gone = batch.length > 1 ? whyGone(job, clock.monotonic()) : undefined;
    if (gone === undefined) {
      run.onRun();
      await runAlone(run, job);
    } else job.reject(gone);
  }
}

async function runAlone({ session, clock, doubles, failureKind }: BatchRun, job: Job): Promise<void> {
  const { request, admittedAt, rows } = job;
  const { inputs } = request;
  const startedAt = clock.monotonic();
  const isDouble = doubles && rows === 1 && haveRows(inputs, 1);
  try {
    const names = request.outputs ?? session.outputNames;
    const run = await session.run(isDouble ? stackRows([inputs, inputs]) : inputs, names);
    const outputs = isDouble ? sliceRows(run.outputs, 0, 1) : run.outputs;
    const { runMs } = run;
    const aroundMs = Math.max(0, clock.monotonic() - startedAt - runMs);
    const queueMs = startedAt - admittedAt;
    job.resolve({ outputs, queueMs, inferMs: runMs, aroundMs, batchRows: job.rows, isFirst: true });
  } catch (error) {
    job.reject(new InferError(failureKind(), messageOf(error), { cause: error }));
  }
}

/** Whether every job is settled. */
async function runTogether({ session, batch, clock, failureKind, onUnsplittable }: BatchRun): Promise<boolean> {
  const startedAt = clock.monotonic();
  const rows = batch.reduce((sum, job) => sum + job.rows, 0);
  try {
    const inputs = stackRows(batch.map(({ request }) => request.inputs));
    const { outputs, runMs } = await session.run(inputs, batch[0]?.request.outputs ?? session.outputNames);
    if (!haveRows(outputs, rows)) {
      onUnsplittable();
      return false;
    }
    const aroundMs = Math.max(0, clock.monotonic() - startedAt - runMs);
    let row = 0;
    for (const job of batch) {
      const own = sliceRows(outputs, row, row + job.rows);
      row += job.rows;
      const queueMs = startedAt - job.admittedAt;
      job.resolve({ outputs: own, queueMs, inferMs: runMs, aroundMs, batchRows: rows, isFirst: job === batch[0] });
    }
    return true;
  } catch (error) {
    const failure = failureKind();
    if (failure !== 'worker-died') return false;
    for (const job of batch) job.reject(new InferError(failure, messageOf(error), { cause: error }));
    return true;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

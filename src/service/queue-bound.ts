/** Measured time of a batch × the wanted answer time → how many rows may wait for a model. */

/** Beyond this a queue is memory, not service: also where runs are so short that the wanted time would allow more. */
export const MOST_QUEUED_ROWS = 20_000;

export interface BoundInput {
  /** Milliseconds in which 99 of 100 answers are wanted under load. */
  readonly p99Ms: number;
  /** Rows of the largest batch, at least 1. */
  readonly batchRows: number;
  /** Milliseconds that a run of so many rows takes; undefined when it was not measured. */
  readonly batchMs: number | undefined;
  /** Sessions that work on the queue side by side. */
  readonly instances: number;
}

/** Part of the wanted time that is planned with: times of runs wander, and with short batches nothing else is left over. */
const PLANNED = 0.9;
/** Batches that an admitted request waits for beyond the queue, at the 99th percentile under overload. */
const BEYOND = 1.3;

/**
 * Rows: `instances · B · max(1, min(⌊SLO / L(B)⌋ − 2, ⌊0.9 · SLO / L(B) − 1.3⌋))`, at most `MOST_QUEUED_ROWS`. A request that is admitted last waits for the batches before it
 * (as many as the queue holds), for the one that runs, and for its own: two more than the queue, so that under overload the 99th percentile of what is
 * admitted stays near `(Q / B + 1.3) · L(B)`, below the SLO, while every run is full. Without a measurement nothing follows, and the largest bound holds.
 */
export function queueBound({ p99Ms, batchRows, batchMs, instances }: BoundInput): number {
  if (batchMs === undefined) return MOST_QUEUED_ROWS;
  const fitting = p99Ms / Math.max(batchMs, 1e-6);
  const batches = Math.max(1, Math.min(Math.floor(fitting) - 2, Math.floor(PLANNED * fitting - BEYOND)));
  return Math.min(MOST_QUEUED_ROWS, instances * batchRows * batches);
}

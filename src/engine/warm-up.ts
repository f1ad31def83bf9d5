/** Session × signature → how long a run takes, which is what decides between inline and worker. */
import { batchDimension } from '../model/batch.ts';
import { hasFreeSizes, hasStrings, type SampleOptions, sampleInputs } from '../model/sample-input.ts';
import type { Signature } from '../model/signature.ts';
import type { Tensors } from '../model/tensor.ts';
import type { Clock, Session } from '../ports.ts';

export interface WarmUp {
  /** Undefined when no made-up input runs: a tokenizer may refuse empty text, a reshape may refuse sizes of 1. */
  readonly p95Ms: number | undefined;
  readonly rows: number;
  /** False when a row of a quick model takes as long in the largest batch as alone, so that batches bring it nothing but a longer run. */
  readonly gains: boolean;
  /** Sizes and text that ran; undefined when none did. */
  readonly sample?: SampleOptions;
  /** The runtime's words when nothing ran. */
  readonly failure?: string;
}

/** Above this a run is moved to a worker: the hop costs 0.02 ms, a blocked event loop costs every other request. */
export const INLINE_LIMIT_MS = 0.5;

/** The same for a model whose runs are short for certain: what takes longer then is the machine, which is as busy for a worker. */
export const QUICK_LIMIT_MS = 5;

const UNCOUNTED_RUNS = 2;
const MOST_RUNS = 40;
/** So many decide where the slowest is so far below the limit: a start waits for every run. */
const CLEAR_RUNS = 10;
const CLEAR_MS = INLINE_LIMIT_MS / 4;
/** A larger batch is worth its longer run where a row takes so many times less in it. */
export const LEAST_GAIN = 1.05;
/** No more runs are started after this; one run is always made. */
const BUDGET_MS = 150;
/** The largest batch is measured with inputs up to this many bytes; fewer rows stand for it beyond. */
const MOST_INPUT_BYTES = 64 * 2 ** 20;
/** Sizes tried in turn for free dimensions: a window may be wider than 1. */
const FREE_SIZES = [1, 16, 224];
/** Text tried where the empty string does not run: models parse numbers from strings. */
const TEXTS = ['', '0'];

/** Runs on zeros: one row first, and the largest batch only when one row is fast enough to make it matter. */
export async function warmUp(session: Session, signature: Signature, maxRows: number, clock: Clock): Promise<WarmUp> {
  let failure = '';
  for (const sample of attempts(signature)) {
    try {
      const single = await measure(session, signature, sample, clock);
      const alone: WarmUp = { p95Ms: single.p95Ms, rows: 1, gains: true, sample };
      const rows = largestBatch(signature, maxRows, sample);
      if (rows === 1 || single.p95Ms >= INLINE_LIMIT_MS) return alone;
      return await measure(session, signature, { ...sample, rows }, clock).then(
        ({ p95Ms, medianMs }): WarmUp => {
          const gains = p95Ms < INLINE_LIMIT_MS || medianMs * LEAST_GAIN < single.medianMs * rows;
          return gains ? { ...alone, p95Ms, rows } : { ...alone, gains };
        },
        // Runs with one row and not with many: that is for the rules to judge, not a reason to be down.
        () => alone,
      );
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
  }
  return { p95Ms: undefined, rows: 1, gains: true, failure };
}

function attempts(signature: Signature): readonly SampleOptions[] {
  const texts = hasStrings(signature) ? TEXTS : [''];
  const sizes = hasFreeSizes(signature) ? FREE_SIZES : [1];
  return sizes.flatMap((free) => texts.map((text) => ({ rows: 1, free, text })));
}

interface Times {
  readonly p95Ms: number;
  readonly medianMs: number;
}

async function measure(session: Session, signature: Signature, sizes: SampleOptions, clock: Clock): Promise<Times> {
  const times: number[] = [];
  const end = clock.monotonic() + BUDGET_MS;
  for (let run = 0; run < UNCOUNTED_RUNS + MOST_RUNS; run++) {
    // Made anew each time: a worker takes the buffers away.
    const { runMs } = await session.run(sampleInputs(signature, sizes), session.outputNames);
    times.push(runMs);
    if (clock.monotonic() >= end) break;
    const counted = times.slice(UNCOUNTED_RUNS);
    if (counted.length === CLEAR_RUNS && Math.max(...counted) < CLEAR_MS) break;
  }
  const sorted = (times.length > UNCOUNTED_RUNS ? times.slice(UNCOUNTED_RUNS) : times.slice(-1)).sort((a, b) => a - b);
  return { p95Ms: nearestRank(sorted, 0.95), medianMs: nearestRank(sorted, 0.5) };
}

/** At most `maxRows`, and no more than fit into `MOST_INPUT_BYTES`; 1 for a model without an open batch dimension. */
export function largestBatch(signature: Signature, maxRows: number, sample: SampleOptions): number {
  return batchDimension(signature) === 'any' ? fittingRows(sampleInputs(signature, sample), maxRows) : 1;
}

/** Of rows like this one: at most `maxRows`, and no more than fit into `MOST_INPUT_BYTES`. */
export function fittingRows(row: Tensors, maxRows: number): number {
  let bytes = 0;
  for (const { data } of row.values()) bytes += Array.isArray(data) ? data.length * 8 : data.byteLength;
  return Math.max(1, Math.min(maxRows, Math.floor(MOST_INPUT_BYTES / Math.max(1, bytes))));
}

function nearestRank(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

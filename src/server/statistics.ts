/** Requests of one version of a model as they end → the cumulative counts and times of the statistics extension. */
import type { InferResult } from '../engine/engine.ts';

/** What a request took beside its run, in milliseconds. */
export interface CallTimes {
  /** From its arrival until its tensors were read. */
  readonly readMs: number;
  /** To write its answer. */
  readonly writeMs: number;
  /** From its arrival until its answer was written. */
  readonly totalMs: number;
}

interface Duration {
  readonly count: number;
  readonly ns: number;
}

interface Batch {
  runs: number;
  inputMs: number;
  inferMs: number;
  outputMs: number;
}

/** A client chooses how many rows it sends: so many sizes are told apart, the others are counted in the sums alone. */
const MOST_SIZES = 1000;

const duration = (count: number, ms: number): Duration => ({ count, ns: Math.round(ms * 1e6) });

export class ModelStatistics {
  #lastMs = 0;
  #rows = 0;
  #runs = 0;
  #answered = 0;
  #failed = 0;
  #totalMs = 0;
  #failedMs = 0;
  #queueMs = 0;
  #inputMs = 0;
  #inferMs = 0;
  #outputMs = 0;
  readonly #batches = new Map<number, Batch>();

  /** A request of `rows` rows that was answered at `nowMs` since the epoch. */
  countAnswer(result: InferResult, rows: number, times: CallTimes, nowMs: number): void {
    const inputMs = times.readMs + result.aroundMs;
    this.#lastMs = nowMs;
    this.#rows += rows;
    this.#answered++;
    if (result.isFirst) this.#runs++;
    this.#totalMs += times.totalMs;
    this.#queueMs += result.queueMs;
    this.#inputMs += inputMs;
    this.#inferMs += result.inferMs;
    this.#outputMs += times.writeMs;
    const batch = this.#batchOf(result.batchRows);
    if (batch === undefined) return;
    // The run, and what was done around it, was there once, however many requests share it.
    if (result.isFirst) {
      batch.runs++;
      batch.inferMs += result.inferMs;
    }
    batch.inputMs += result.isFirst ? inputMs : times.readMs;
    batch.outputMs += times.writeMs;
  }

  /** A request that the model, its queue or its deadline failed. */
  countFailure(ms: number): void {
    this.#failed++;
    this.#failedMs += ms;
  }

  /** The members of the extension but name and version. */
  view(): object {
    const answered = this.#answered;
    return {
      last_inference: Math.round(this.#lastMs),
      inference_count: this.#rows,
      execution_count: this.#runs,
      inference_stats: {
        success: duration(answered, this.#totalMs),
        fail: duration(this.#failed, this.#failedMs),
        queue: duration(answered, this.#queueMs),
        compute_input: duration(answered, this.#inputMs),
        compute_infer: duration(answered, this.#inferMs),
        compute_output: duration(answered, this.#outputMs),
        // There is no cache of answers.
        cache_hit: duration(0, 0),
        cache_miss: duration(0, 0),
      },
      response_stats: {},
      batch_stats: [...this.#batches].sort(([a], [b]) => a - b).map(([size, batch]) => batchView(size, batch)),
      memory_usage: [],
    };
  }

  #batchOf(size: number): Batch | undefined {
    let batch = this.#batches.get(size);
    if (batch === undefined && this.#batches.size < MOST_SIZES) {
      batch = { runs: 0, inputMs: 0, inferMs: 0, outputMs: 0 };
      this.#batches.set(size, batch);
    }
    return batch;
  }
}

function batchView(size: number, { runs, inputMs, inferMs, outputMs }: Batch): object {
  return {
    batch_size: size,
    compute_input: duration(runs, inputMs),
    compute_infer: duration(runs, inferMs),
    compute_output: duration(runs, outputMs),
  };
}

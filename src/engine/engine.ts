/** Types of stage "what a prediction costs": the engine's contract towards the server and `predict`. */
import type { Signature } from '../model/signature.ts';
import type { Tensors } from '../model/tensor.ts';
import type { Log, Runtime } from '../ports.ts';
import type { ModelSettings } from '../service/spec.ts';

export type ModelState = 'loading' | 'warming' | 'ready' | 'draining' | 'unloaded' | 'failed';

export interface InferRequest {
  /** The `key` of a model. */
  readonly model: string;
  /** Checked against the signature by the caller: names, types, shapes and finite counts are right. */
  readonly inputs: Tensors;
  /** Outputs to compute; all when absent. */
  readonly outputs?: readonly string[];
  /** Rows in the batch dimension; 1 for a model that has none. Counted against the queue bound. */
  readonly rows: number;
  /** Never shares a run with other requests: for callers that make their own batches. */
  readonly alone?: boolean;
  /** Aborted when the client has gone: work not yet started is dropped. */
  readonly signal?: Pick<AbortSignal, 'aborted'>;
  /** On the scale of `Clock.monotonic`: work that has not started by then is dropped. */
  readonly deadline?: number;
}

export interface InferResult {
  readonly outputs: Tensors;
  /** Milliseconds between admission and the start of the run. */
  readonly queueMs: number;
  /** Milliseconds inside the runtime. */
  readonly inferMs: number;
  /** Milliseconds around the run: rows put together, and the way to a worker and back. */
  readonly aroundMs: number;
  /** Rows of the run this answer came from; more than the request's when it shared a batch. */
  readonly batchRows: number;
  /** Whether this is the first of the requests that share the run: who counts these counts runs. */
  readonly isFirst: boolean;
}

/** Why the engine did not answer; the server maps each to a status. */
export type InferFailure =
  | 'not-ready'
  | 'queue-full'
  | 'deadline-exceeded'
  | 'cancelled'
  | 'runtime-failed'
  | 'worker-died';

export class InferError extends Error {
  override readonly name = 'InferError';
  readonly failure: InferFailure;
  constructor(failure: InferFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** Where a model runs, and the measurement behind it. */
export interface Placement {
  readonly mode: 'inline' | 'worker';
  /** 95th percentile of the warm-up runs; undefined when the model refuses made-up inputs. */
  readonly p95Ms: number | undefined;
  /** Rows of each of those runs. */
  readonly rows: number;
}

/** Whether requests share a run. */
export interface Batching {
  /** Most rows of different requests in one run; 1 when they never share one. */
  readonly maxRows: number;
  /** Why they never do; undefined otherwise. */
  readonly reason: string | undefined;
  /**
   * Whether one row runs as two of itself: the runtime computes a single row with another kernel than several, and its answer would depend on
   * whether it shares a run.
   */
  readonly doubles: boolean;
  /** Milliseconds that a run of so many rows took in the trial; undefined when none was made. */
  readonly runMs: number | undefined;
}

export interface ModelStatus {
  readonly key: string;
  readonly name: string;
  readonly version: string;
  readonly state: ModelState;
  /** Why it failed; undefined otherwise. */
  readonly reason: string | undefined;
  /** Undefined before warm-up. */
  readonly placement: Placement | undefined;
  /** Undefined before warm-up. */
  readonly batching: Batching | undefined;
  readonly queuedRows: number;
  /** Rows that may wait; past it requests are refused. */
  readonly queueLimit: number;
}

/** A model as the engine loads it. */
export interface EngineModel {
  /** Names this loaded model and no other, also not an earlier one of the same name and version. */
  readonly key: string;
  readonly name: string;
  readonly version: string;
  /** Absolute. */
  readonly path: string;
  readonly signature: Signature;
  /** Whether its runs are short for certain, so that it may be tried in the main thread unmeasured (`isSurelyQuick`). */
  readonly isQuick?: boolean | undefined;
  readonly settings: ModelSettings;
  /** Loads it, and makes sure that what is loaded is this model. */
  readonly runtime: Runtime;
  /** Whose lines say which model this is. */
  readonly log: Log;
}

export interface Engine {
  /** Loads and warms every model; resolves when all are ready or failed, never rejects for a bad model. */
  start(): Promise<void>;
  /** Loads and warms one more beside them, and counts it among them once it is ready. Rejects with the reason when it does not get there. */
  add(model: EngineModel): Promise<void>;
  /** Lets a model finish what it was given, then frees it. From now on it is nobody's. */
  remove(key: string): Promise<void>;
  /** Rejects with an `InferError`. */
  infer(request: InferRequest): Promise<InferResult>;
  status(key: string): ModelStatus | undefined;
  statuses(): readonly ModelStatus[];
  /** At least one model, and all of them ready. */
  isReady(): boolean;
  /** Stops admitting, finishes what was admitted, releases sessions. Idempotent. */
  close(): Promise<void>;
}

/** Checked tensors → the engine's result, with the limits of the service applied. */
import type { InferResult } from '../engine/engine.ts';
import type { Tensors } from '../model/tensor.ts';
import type { Headers } from './contract.ts';
import type { ModelEntry } from './model-entry.ts';
import { Refusal } from './refusal.ts';
import type { Call, Service } from './service.ts';

export interface Work {
  readonly inputs: Tensors;
  readonly outputs: readonly string[];
  readonly rows: number;
  /** Milliseconds that the client is ready to wait; the header `X-Request-Timeout-Ms` says the same. */
  readonly timeoutMs?: number | undefined;
}

/** For which model, and what is known of who asks. */
export interface Asking {
  readonly entry: ModelEntry;
  readonly request: { readonly headers: Headers; readonly signal: Pick<AbortSignal, 'aborted'> };
  /** The run that answers it, once it has run. */
  ran?: InferResult | undefined;
}

/** Rejects with an `InferError`. No `async` of its own: on the hot path each one costs a turn of the microtask queue. */
export function runModel({ engine, clock, spec }: Service, call: Asking, work: Work): Promise<InferResult> {
  const { entry, request } = call;
  const waitMs = Math.min(
    spec.limits.requestTimeoutMs,
    work.timeoutMs ?? Number.POSITIVE_INFINITY,
    timeoutOf(request.headers),
  );
  const running = engine.infer({
    model: entry.key,
    inputs: work.inputs,
    outputs: work.outputs,
    // A batch of no rows still takes a place in the queue.
    rows: Math.max(1, work.rows),
    signal: request.signal,
    deadline: clock.monotonic() + waitMs,
  });
  return running.then((ran) => {
    call.ran = ran;
    return ran;
  });
}

/** Counts a request that was answered. `readAt` and `ranAt`: when its tensors were read, and when its run had ended. */
export function countAnswer(
  { clock }: Pick<Service, 'clock'>,
  { entry, startedAt }: Pick<Call, 'entry' | 'startedAt'>,
  result: InferResult,
  { rows, readAt, ranAt }: { readonly rows: number; readonly readAt: number; readonly ranAt: number },
): void {
  const now = clock.monotonic();
  const times = { readMs: readAt - startedAt, writeMs: now - ranAt, totalMs: now - startedAt };
  entry.metrics.countAnswer(result, rows, times);
}

/** What the body of a request may hold. */
export interface BodyLimits {
  readonly jsonDepth: number;
  readonly rowsPerRequest: number;
}

/** The model's own limit of rows, and the service's of depth. */
export function limitsOf({ spec }: Service, { entry }: Call): BodyLimits {
  return { jsonDepth: spec.limits.jsonDepth, rowsPerRequest: entry.served.spec.limits.rowsPerRequest };
}

function timeoutOf(headers: Headers): number {
  const sent = headers['x-request-timeout-ms'];
  if (sent === undefined) return Number.POSITIVE_INFINITY;
  if (/^\d{1,9}$/.test(sent) && Number(sent) > 0) return Number(sent);
  throw new Refusal(400, 'X-Request-Timeout-Ms must be a whole number of milliseconds from 1 to 999999999');
}

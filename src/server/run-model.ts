/** Checked tensors → the engine's result, with the limits of the service applied. */
import type { InferResult } from '../engine/engine.ts';
import type { Tensors } from '../model/tensor.ts';
import type { Call, Service } from './service.ts';

/** Rejects with an `InferError`. No `async` of its own: on the hot path each one costs a turn of the microtask queue. */
export function runModel(
  { engine, clock, spec }: Service,
  { entry, request }: Call,
  work: { readonly inputs: Tensors; readonly outputs: readonly string[]; readonly rows: number },
): Promise<InferResult> {
  return engine.infer({
    model: entry.identity.name,
    inputs: work.inputs,
    outputs: work.outputs,
    // A batch of no rows still takes a place in the queue.
    rows: Math.max(1, work.rows),
    signal: request.signal,
    deadline: clock.monotonic() + spec.limits.requestTimeoutMs,
  });
}

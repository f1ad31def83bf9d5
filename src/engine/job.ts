/** An admitted request that waits for a session, and whether it is still worth running. */
import { InferError, type InferRequest, type InferResult } from './engine.ts';

export interface Job {
  readonly request: InferRequest;
  readonly rows: number;
  /** On the scale of `Clock.monotonic`. */
  readonly admittedAt: number;
  resolve(result: InferResult): void;
  reject(error: InferError): void;
}

/** Why a waiting job must not start any more at time `now` of `Clock.monotonic`; undefined when it may. */
export function whyGone({ request }: Job, now: number): InferError | undefined {
  if (request.signal?.aborted === true) return new InferError('cancelled', 'the client has gone');
  if (request.deadline === undefined || now <= request.deadline) return undefined;
  return new InferError('deadline-exceeded', 'the deadline passed while the request was waiting');
}

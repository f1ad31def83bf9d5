/** Why a request failed → what it means, whatever the protocol: an HTTP status, a text for the client, and what is counted and logged. */
import { InferError } from '../engine/engine.ts';
import { JsonError } from './json/json-error.ts';
import type { RejectReason } from './metrics-table.ts';
import type { ModelEntry } from './model-entry.ts';
import { notReadyText } from './model-errors.ts';
import { Refusal, type RefusalDetail } from './refusal.ts';
import type { ErrorStyle } from './routes.ts';
import { FAILURES } from './status.ts';

export interface Explanation {
  readonly status: number;
  /** For the client. Nothing of the input, and no stack, ever gets in. */
  readonly message: string;
  readonly detail: RefusalDetail;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly reason: RejectReason | undefined;
  /** For the log alone; undefined when the client was told everything. */
  readonly logged: string | undefined;
}

export interface ErrorContext {
  readonly style: ErrorStyle;
  readonly entry: ModelEntry;
  readonly requestId: string;
}

/** Any thrown value. What is none of ours is a bug: a 500 that says nothing, and the stack in the log. */
export function explainError(error: unknown, { style, entry, requestId }: ErrorContext): Explanation {
  if (error instanceof Refusal) return explainRefusal(error);
  if (error instanceof JsonError) {
    const what = style === 'v1' ? 'Unrecognized request format' : 'The body is not valid JSON';
    return explainRefusal(new Refusal(400, `${what}: ${error.message}.`));
  }
  if (error instanceof InferError) {
    const { status, text, retryAfter } = FAILURES[error.failure];
    const headers = retryAfter === undefined ? undefined : { 'Retry-After': String(retryAfter) };
    const known = error.failure === 'not-ready' ? notReadyText(entry.identity, style) : undefined;
    const message = known ?? `${text} (request ${requestId})`;
    // What overload, shutdown or the client brought about is counted; only the model's own failures are news.
    const isNews = error.failure === 'runtime-failed' || error.failure === 'worker-died';
    const logged = isNews ? `${error.failure}: ${error.message}` : undefined;
    return { status, message, detail: {}, headers, reason: REASONS.get(error.failure), logged };
  }
  const message = `an error inside the server; the log has it under this request id (request ${requestId})`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: 500, message, detail: {}, headers: undefined, reason: undefined, logged: stack };
}

const REASONS: ReadonlyMap<string, RejectReason> = new Map([
  ['queue-full', 'queue_full'],
  ['not-ready', 'not_ready'],
  ['worker-died', 'not_ready'],
  ['deadline-exceeded', 'deadline'],
  ['cancelled', 'cancelled'],
]);

const REFUSALS: ReadonlyMap<number, RejectReason> = new Map([
  [400, 'bad_request'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [413, 'too_large'],
  [422, 'bad_request'],
  [503, 'queue_bytes'],
]);

function explainRefusal({ status, message, detail }: Refusal): Explanation {
  return { status, message, detail, headers: detail.headers, reason: REFUSALS.get(status), logged: undefined };
}

/** Why a request failed → its answer, in the style of its route. Nothing of the input, and no stack, ever gets in. */
import { InferError } from '../engine/engine.ts';
import { JsonError } from './json/json-error.ts';
import type { RejectReason } from './metrics-table.ts';
import type { ModelEntry } from './model-entry.ts';
import { type BodyViolation, Refusal, type RefusalDetail } from './refusal.ts';
import type { ErrorStyle } from './routes.ts';
import { type Answer, jsonAnswer, PROBLEM_TYPE } from './service.ts';
import { FAILURES, TITLES } from './status.ts';
import { notReadyText } from './unknown-model.ts';

export interface ErrorAnswer extends Answer {
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly reason: RejectReason | undefined;
  /** For the log alone; undefined when the client was told everything. */
  readonly logged: string | undefined;
}

interface ErrorContext {
  readonly style: ErrorStyle;
  readonly entry: ModelEntry;
  readonly requestId: string;
}

/** Any thrown value. What is none of ours is a bug: a 500 that says nothing, and the stack in the log. */
export function errorAnswer(error: unknown, context: ErrorContext): ErrorAnswer {
  if (error instanceof Refusal) return refusalAnswer(error, context);
  if (error instanceof JsonError) {
    const what = context.style === 'v1' ? 'Unrecognized request format' : 'The body is not valid JSON';
    return refusalAnswer(new Refusal(400, `${what}: ${error.message}.`), context);
  }
  if (error instanceof InferError) {
    const { status, text, retryAfter } = FAILURES[error.failure];
    const headers = retryAfter === undefined ? undefined : { 'Retry-After': String(retryAfter) };
    const { name, version } = context.entry.identity;
    const known = error.failure === 'not-ready' ? notReadyText(context.style, name, version) : undefined;
    const message = known ?? `${text} (request ${context.requestId})`;
    const answer = writeError(status, message, {}, context);
    // What overload, shutdown or the client brought about is counted; only the model's own failures are news.
    const isNews = error.failure === 'runtime-failed' || error.failure === 'worker-died';
    const logged = isNews ? `${error.failure}: ${error.message}` : undefined;
    return { ...answer, headers, reason: REASONS.get(error.failure), logged };
  }
  const text = `an error inside the server; the log has it under this request id (request ${context.requestId})`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { ...writeError(500, text, {}, context), headers: undefined, reason: undefined, logged: stack };
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
  [413, 'too_large'],
  [422, 'bad_request'],
  [503, 'queue_bytes'],
]);

function refusalAnswer({ status, message, detail }: Refusal, context: ErrorContext): ErrorAnswer {
  return {
    ...writeError(status, message, detail, context),
    headers: detail.headers,
    reason: REFUSALS.get(status),
    logged: undefined,
  };
}

function writeError(
  status: number,
  message: string,
  detail: RefusalDetail,
  { style, entry, requestId }: ErrorContext,
): Answer {
  const { violations, total } = detail;
  if (style === 'error') return jsonAnswer(status, { error: message });
  if (style === 'v1') {
    return violations === undefined
      ? jsonAnswer(status, { error: message })
      : jsonAnswer(400, { error: `The body does not fit the model: ${violationsText(violations, total)}` });
  }
  const problem = {
    // RFC 9457: about:blank says that the status is all there is to the kind of problem.
    type: violations === undefined ? 'about:blank' : 'tag:mlserve.dev,2026:invalid-input',
    title: violations === undefined ? TITLES[status] : 'The input does not fit the model',
    status,
    detail: message,
    ...(violations === undefined ? {} : { errors: violations, errorCount: total }),
    model: entry.identity,
    requestId,
  };
  return { ...jsonAnswer(status, problem), type: PROBLEM_TYPE };
}

/** Violations told of where the answer is one sentence. */
const SHOWN = 10;

function violationsText(violations: readonly BodyViolation[], total = violations.length): string {
  const shown = violations
    .slice(0, SHOWN)
    .map(({ pointer, rule, expected }) => `${pointer || 'the body'}: expected ${expected} (${rule})`);
  return `${shown.join('; ')}${total > SHOWN ? `; and ${total - SHOWN} more` : ''}`;
}

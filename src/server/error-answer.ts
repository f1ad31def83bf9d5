/** Why a request failed → its HTTP answer, in the style of its route. */
import { type ErrorContext, type Explanation, explainError } from './explain-error.ts';
import type { BodyViolation, RefusalDetail } from './refusal.ts';
import { type Answer, jsonAnswer, PROBLEM_TYPE } from './service.ts';
import { TITLES } from './status.ts';

export interface ErrorAnswer extends Answer, Pick<Explanation, 'reason' | 'logged'> {}

/** Any thrown value. */
export function errorAnswer(error: unknown, context: ErrorContext): ErrorAnswer {
  const { status, message, detail, headers, reason, logged } = explainError(error, context);
  return { ...writeError(status, message, detail, context), headers, reason, logged };
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

/** An error → the text for people, or the object that `--json` prints: what is wrong, where, what to do; a stack only for a bug. Pure. */
import { type ErrorCode, MlserveError } from './errors.ts';
import { type Issue, renderIssues } from './issue.ts';
import { visible, visibleLines } from './visible.ts';

const REPORT = 'please report it with the lines above and the output of "mlserve --version"';
const REPORT_JSON = 'please report it with this whole answer and the output of "mlserve --version"';

/** Lines without control characters, whatever names from files are in the error. */
export function formatError(error: unknown): string {
  if (!isExpected(error))
    return `error: this is a bug in mlserve [INTERNAL]\n${visibleLines(stackOf(error))}\n  fix: ${REPORT}`;
  const { code, message, where, issues, hint } = error;
  // Only a complaint about the command line, which nobody else wrote, has lines of its own.
  const lines = [`error: ${code === 'USAGE' ? visibleLines(message) : visible(message)} [${code}]`];
  if (where !== undefined) lines.push(`  at: ${visible(where)}`);
  if (issues.length > 0) lines.push(renderIssues(issues));
  if (hint !== undefined) lines.push(`  fix: ${visible(hint)}`);
  return lines.join('\n');
}

export interface ErrorJson {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly where?: string;
    readonly hint?: string;
    readonly issues: readonly Issue[];
    /** Of a bug. */
    readonly stack?: string;
  };
}

/** As plain JSON; a bug comes with its stack and with where to report it. */
export function errorJson(error: unknown): ErrorJson {
  if (!isExpected(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { error: { code: 'INTERNAL', message, hint: REPORT_JSON, issues: [], stack: stackOf(error) } };
  }
  const { code, message, where, hint, issues } = error;
  return {
    error: {
      code,
      message,
      ...(where === undefined ? {} : { where }),
      ...(hint === undefined ? {} : { hint }),
      issues,
    },
  };
}

function isExpected(error: unknown): error is MlserveError {
  return error instanceof MlserveError && error.code !== 'INTERNAL';
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

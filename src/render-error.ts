/** An error → the text for people: what is wrong, where, what to do; a stack only for a bug. Pure. */
import { MlserveError } from './errors.ts';
import { renderIssues } from './issue.ts';

export function formatError(error: unknown): string {
  if (error instanceof MlserveError && error.code !== 'INTERNAL') {
    const lines = [`error: ${error.message} [${error.code}]`];
    if (error.where !== undefined) lines.push(`  at: ${error.where}`);
    if (error.issues.length > 0) lines.push(renderIssues(error.issues));
    if (error.hint !== undefined) lines.push(`  fix: ${error.hint}`);
    return lines.join('\n');
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error: this is a bug in mlserve [INTERNAL]\n${stack}\n  fix: please report it with the lines above and the output of "mlserve --version"`;
}

/** An error × io → printed, as text or as JSON, and the exit code that belongs to it. */
import { ERRORS, EXIT, MlserveError } from './errors.ts';
import type { Io } from './ports.ts';
import { errorJson, formatError } from './render-error.ts';

export async function reportError(error: unknown, json: boolean, io: Pick<Io, 'terminal'>): Promise<number> {
  if (json && !(error instanceof MlserveError && error.isPrinted)) {
    await io.terminal.out(`${JSON.stringify(errorJson(error), null, 2)}\n`);
  } else {
    io.terminal.error(formatError(error));
  }
  return error instanceof MlserveError ? ERRORS[error.code].exit : EXIT.bug;
}

/** argv × io → exit code. The one place that catches an error and prints it. */
import { ERRORS, EXIT, MlserveError } from './errors.ts';
import type { Io } from './ports.ts';
import { buildProgram, isPrinted, usageError } from './program.ts';
import { formatError } from './render-error.ts';

/** Runs one command line (without `node` and the script). Never rejects. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.done;
  const json = argv.includes('--json');
  try {
    const program = buildProgram(io, (exitCode) => {
      code = exitCode;
    });
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (thrown) {
    if (isPrinted(thrown)) return EXIT.done;
    return await report(usageError(thrown) ?? thrown, json, io);
  }
}

async function report(error: unknown, json: boolean, io: Io): Promise<number> {
  if (json) {
    const known = error instanceof MlserveError ? error : new MlserveError('INTERNAL', String(error), { cause: error });
    const { code, message, where, hint, issues } = known;
    await io.terminal.out(`${JSON.stringify({ error: { code, message, where, hint, issues } }, null, 2)}\n`);
  } else {
    io.terminal.error(formatError(error));
  }
  return error instanceof MlserveError ? ERRORS[error.code].exit : EXIT.bug;
}

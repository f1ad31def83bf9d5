/** argv × io → exit code. The one place that catches an error and prints it, and that records what was run. */
import { EXIT } from './errors.ts';
import type { Io } from './ports.ts';
import { reportError } from './report-error.ts';
import type { CommandRun } from './run-command.ts';
import { VERSION } from './version.ts';

/** Runs one command line (without `node` and the script). Never rejects. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const file = io.env.MLSERVE_OUTPUT_FILE ?? '';
  const command: CommandRun = { words: [] };
  const began = io.clock.monotonic();
  const { code, error } = await attempt(argv, command, io);
  if (command.result === undefined && error === undefined) return code;
  if (io.env.GITHUB_ACTIONS === 'true') {
    const { tellGithub } = await import('./tell-github.ts');
    await tellGithub({ ...command, code, error }, io);
  }
  if (file === '') return code;
  const durationMs = io.clock.monotonic() - began;
  const { recordEvent } = await import('./record-event.ts');
  await recordEvent(file, { ...command, code, error, durationMs }, io);
  return code;
}

/** `error`: what was thrown, in a box, for anything can be. */
async function attempt(
  argv: readonly string[],
  command: CommandRun,
  io: Io,
): Promise<{ readonly code: number; readonly error?: { readonly thrown: unknown } }> {
  const uncaught = io.uncaught().then(({ thrown }) => Promise.reject(thrown));
  try {
    return { code: await Promise.race([perform(argv, command, io), uncaught]) };
  } catch (thrown) {
    try {
      return { code: await reportError(thrown, argv.includes('--json'), io), error: { thrown } };
    } catch (unprinted) {
      // Standard output is closed or full: stderr is left to say so.
      return { code: await reportError(unprinted, false, io), error: { thrown: unprinted } };
    }
  }
}

async function perform(argv: readonly string[], command: CommandRun, io: Io): Promise<number> {
  // Scripts ask for the version often: answered without building the command tree.
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    await io.terminal.out(`mlserve ${VERSION}\n`);
    return EXIT.done;
  }
  const { runProgram } = await import('./program.ts');
  return await runProgram(argv, io, command);
}

/** argv × io → exit code. The one place that catches an error and prints it. */
import { EXIT } from './errors.ts';
import type { Io } from './ports.ts';
import { reportError } from './report-error.ts';
import { VERSION } from './version.ts';

/** Runs one command line (without `node` and the script). Never rejects. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await perform(argv, io);
  } catch (error) {
    try {
      return await reportError(error, argv.includes('--json'), io);
    } catch (unprinted) {
      // Standard output is closed or full: stderr is left to say so.
      return await reportError(unprinted, false, io);
    }
  }
}

async function perform(argv: readonly string[], io: Io): Promise<number> {
  // Scripts ask for the version often: answered without building the command tree.
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    await io.terminal.out(`mlserve ${VERSION}\n`);
    return EXIT.done;
  }
  const { runProgram } = await import('./program.ts');
  return await runProgram(argv, io);
}

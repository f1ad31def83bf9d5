/** Every command, argument, flag and example of the CLI. Actions import their command on first use. */
import { Command, CommanderError } from 'commander';
import { MlserveError } from './errors.ts';
import type { Io } from './ports.ts';
import { VERSION } from './version.ts';

type SetExitCode = (code: number) => void;

/** The command tree, bound to `io`. `setExitCode` takes the code of a command that ends without an error. */
export function buildProgram(io: Io, _setExitCode: SetExitCode): Command {
  const program = new Command('mlserve');
  program
    .description('From model.onnx to a locked, validated, served model.')
    .version(`mlserve ${VERSION}`, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.terminal.out(text),
      // Commander's own error text is dropped: `usageError` carries it to the one printer.
      writeErr: () => {},
    });
  return program;
}

/** Commander's way out as ours: null for help and version (already printed), a USAGE error for the rest. */
export function usageError(thrown: unknown): MlserveError | null | undefined {
  if (!(thrown instanceof CommanderError)) return undefined;
  if (thrown.exitCode === 0) return null;
  return new MlserveError('USAGE', thrown.message.replace(/^error: /, ''), { hint: 'see "mlserve --help"' });
}

/** `mlserve validate`: arguments, flags and examples. */
import type { Command } from 'commander';
import { type Actions, examples, JSON_RESULT, PROJECT_OR_MODEL } from './command-line.ts';

interface Flags {
  readonly json?: boolean;
  readonly frozen: boolean;
  readonly run: boolean;
  readonly loadTimeout?: string;
  readonly loadMemory?: string;
}

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('[target]', PROJECT_OR_MODEL, '.')
    .option('--json', JSON_RESULT)
    .option('--frozen', 'a missing mlserve.lock is an error', false)
    .option('--no-run', 'give nothing to the runtime: rules, configuration and lock alone')
    .option('--load-timeout <time>', 'time of a load and one run: 30s (default: limits.loadTimeoutMs)')
    .option('--load-memory <size>', 'memory of a load and one run: 4GiB (default: limits.loadMemoryBytes)')
    .addHelpText('after', examples('mlserve validate', 'mlserve validate fraud.onnx --load-timeout 60s'))
    .action(async (target: string, flags: Flags) => {
      const { validate, renderValidate } = await import('../commands/validate.ts');
      await act(flags, () => validate({ target, ...flags }, io), renderValidate);
    });
}

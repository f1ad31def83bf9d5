/** `mlserve init`: arguments, flags and examples. */
import type { Command } from 'commander';
import { type Actions, examples, JSON_RESULT, positiveInteger } from './command-line.ts';

interface Flags {
  readonly model?: string;
  readonly name?: string;
  readonly labels?: string;
  readonly maxRows?: number;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly json?: boolean;
}

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('[dir]', 'the folder to fill (default: one named after the service)')
    .option('--model <file>', 'the ONNX file')
    .option('--name <name>', 'name of the service (default: from the folder or file)')
    .option('--labels <a,b,…>', 'names of the classes, where the model does not hold them')
    .option('--max-rows <n>', 'most rows in one run of the model (default: batching.maxRows, 64)', positiveInteger)
    .option('--yes', 'ask nothing')
    .option('--force', 'replace files that differ', false)
    .option('--dry-run', 'say what would be written, and write nothing', false)
    .option('--json', JSON_RESULT)
    .addHelpText('after', examples('mlserve init fraud --model fraud.onnx', 'mlserve init'))
    .action(async (dir: string | undefined, flags: Flags) => {
      const [{ init }, { renderInit }] = await Promise.all([
        import('../commands/init.ts'),
        import('../commands/render-init.ts'),
      ]);
      await act(flags, () => init({ ...flags, dir }, io), renderInit);
    });
}

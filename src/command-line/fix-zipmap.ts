/** `mlserve fix zipmap`: arguments, flags and examples. */
import type { Command } from 'commander';
import { type Actions, examples, JSON_RESULT } from './command-line.ts';

interface Flags {
  readonly output?: string;
  readonly force: boolean;
  readonly json?: boolean;
}

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('<model>', 'the ONNX file')
    .option('-o, --output <file>', 'the file to write (default: <name>.fixed.onnx beside the model)')
    .option('--force', 'overwrite the file if it exists', false)
    .option('--json', JSON_RESULT)
    .addHelpText('after', examples('mlserve fix zipmap iris.onnx -o models/iris.onnx'))
    .action(async (model: string, flags: Flags) => {
      const { fixZipMap, renderFixZipMap } = await import('../commands/fix-zipmap.ts');
      await act(flags, () => fixZipMap({ model, ...flags }, io), renderFixZipMap);
    });
}

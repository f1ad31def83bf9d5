/** `mlserve schema`: arguments, flags and examples. */
import type { Command } from 'commander';
import { type Actions, examples, JSON_RESULT } from './command-line.ts';

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('[command...]', 'the words of a command, or "error" (default: list what there is)')
    .option('--json', JSON_RESULT)
    .addHelpText('after', examples('mlserve schema', 'mlserve schema build image', 'mlserve schema error'))
    .action(async (words: readonly string[], flags: { readonly json?: boolean }) => {
      const { schema, renderSchema } = await import('../commands/schema.ts');
      await act(flags, () => schema(words, io), renderSchema);
    });
}

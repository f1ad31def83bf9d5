/** `mlserve completion`: arguments, flags and examples. */
import { Argument, type Command } from 'commander';
import type { CompletionResult } from '../commands/completion.ts';
import { type Actions, examples } from './command-line.ts';

export function define(command: Command, { act, tree }: Actions): void {
  command
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples(
        'source <(mlserve completion bash)',
        'mlserve completion fish > ~/.config/fish/completions/mlserve.fish',
      ),
    )
    .action(async (shell: CompletionResult['shell']) => {
      const { completion, renderCompletion } = await import('../commands/completion.ts');
      await act({}, async () => completion(shell, await tree()), renderCompletion);
    });
}

/** `mlserve config`: arguments, flags and examples. */
import type { Command } from 'commander';
import { type Actions, examples, JSON_RESULT, PROJECT } from './command-line.ts';

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('[project]', PROJECT, '.')
    .option('--json', JSON_RESULT)
    .addHelpText('after', examples('mlserve config', 'MLSERVE_SERVER_PORT=9000 mlserve config --json'))
    .action(async (project: string, flags: { readonly json?: boolean }) => {
      const { config, renderConfig } = await import('../commands/config.ts');
      await act(flags, () => config({ project }, io), renderConfig);
    });
}

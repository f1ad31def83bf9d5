/** `mlserve lock`: arguments, flags and examples. */
import type { Command } from 'commander';
import { type Actions, examples, JSON_RESULT, PROJECT } from './command-line.ts';

interface Flags {
  readonly json?: boolean;
  readonly check: boolean;
  readonly frozen: boolean;
  readonly dryRun: boolean;
}

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('[project]', PROJECT, '.')
    .option('--check', 'compare and never write; exit code 1 on differences', false)
    .option('--frozen', 'the same, and the lock must be there', false)
    .option('--dry-run', 'say what would be recorded and do not write', false)
    .option('--json', JSON_RESULT)
    .addHelpText('after', examples('mlserve lock', 'mlserve lock --check', 'mlserve lock services/fraud --dry-run'))
    .action(async (project: string, flags: Flags) => {
      const { lock, renderLock } = await import('../commands/lock.ts');
      await act(flags, () => lock({ project, ...flags }, io), renderLock);
    });
}

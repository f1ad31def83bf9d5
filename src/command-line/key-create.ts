/** `mlserve key create`: arguments, flags and examples. */
import type { Command } from 'commander';
import { type Actions, examples, JSON_RESULT } from './command-line.ts';

interface Flags {
  readonly name: string;
  readonly scope: string;
  readonly file?: string;
  readonly json?: boolean;
}

export function define(command: Command, { io, act }: Actions): void {
  command
    .requiredOption('--name <name>', 'who gets the key; the log shows it')
    .option('--scope <scopes>', 'what it is good for: infer, admin, metrics, separated by commas', 'infer')
    .option('--file <file>', 'the keys file to add it to; it is made when there is none')
    .option('--json', JSON_RESULT)
    .addHelpText(
      'after',
      examples('mlserve key create --name shop --file keys.txt', 'mlserve key create --name ops --scope admin,metrics'),
    )
    .action(async (flags: Flags) => {
      const { createKey, renderCreatedKey } = await import('../commands/create-key.ts');
      await act({ ...flags, secrets: ['key'] }, () => createKey(flags, io), renderCreatedKey);
    });
}

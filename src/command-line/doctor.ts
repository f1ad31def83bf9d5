/** `mlserve doctor`: arguments, flags and examples. */
import type { Command } from 'commander';
import { MlserveError } from '../errors.ts';
import { type Actions, examples, JSON_RESULT } from './command-line.ts';

interface Flags {
  readonly fix: boolean;
  readonly dryRun: boolean;
  readonly json?: boolean;
}

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('[project]', 'the folder of a project, or any other', '.')
    .option('--fix', 'put right what is safe: files of the project that mlserve writes itself', false)
    .option('--dry-run', 'with --fix: say what would be written, and write nothing', false)
    .option('--json', JSON_RESULT)
    .addHelpText('after', examples('mlserve doctor', 'mlserve doctor services/fraud --fix --dry-run'))
    .action(async (project: string, flags: Flags) => {
      if (flags.dryRun && !flags.fix) {
        throw new MlserveError('USAGE', '--dry-run is about --fix, and nothing is written without it', {
          hint: 'add --fix',
        });
      }
      const { doctor } = await import('../commands/doctor.ts');
      const { renderDoctor } = await import('../commands/render-doctor.ts');
      await act(flags, () => doctor({ project, ...flags }, io), renderDoctor);
    });
}

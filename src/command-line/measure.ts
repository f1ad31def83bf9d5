/** `mlserve measure`: arguments, flags and examples. */
import type { Command } from 'commander';
import { type Actions, examples, JSON_RESULT, PROJECT } from './command-line.ts';

interface Flags {
  readonly model?: string;
  readonly duration?: string;
  readonly dryRun: boolean;
  readonly json?: boolean;
}

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('[project]', PROJECT, '.')
    .option('--model <name>', 'measure this model alone: NAME, or NAME@VERSION')
    .option('--duration <time>', 'time for the runs of each model: 30s (default: 10s)')
    .option('--dry-run', 'measure and do not write', false)
    .option('--json', JSON_RESULT)
    .addHelpText(
      'after',
      examples(
        'mlserve measure',
        'mlserve measure services/fraud --model fraud --duration 30s',
        'mlserve measure --dry-run',
      ),
    )
    .action(async (project: string, flags: Flags) => {
      const { measure } = await import('../commands/measure.ts');
      const { renderMeasure } = await import('../commands/render-measure.ts');
      await act(flags, () => measure({ project, ...flags }, io), renderMeasure);
    });
}

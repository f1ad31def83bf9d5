/** `mlserve predict`: arguments, flags and examples. */
import type { Command } from 'commander';
import {
  type Actions,
  choice,
  examples,
  inputFormat,
  nothing,
  PROJECT_OR_MODEL,
  positiveInteger,
  ROW_FORMATS,
} from './command-line.ts';

interface Flags {
  readonly file: string;
  readonly project: string;
  readonly model?: string;
  readonly inputFormat?: 'json' | 'ndjson' | 'csv';
  readonly format: 'json' | 'ndjson' | 'csv';
  readonly json?: boolean;
  readonly out?: string;
  readonly batch?: number;
  readonly onError: 'fail' | 'skip' | 'null';
}

export function define(command: Command, { io, act }: Actions): void {
  command
    .requiredOption('-f, --file <file>', 'rows as JSON, NDJSON or CSV; - reads standard input')
    .option('--project <dir>', PROJECT_OR_MODEL, '.')
    .option('--model <name>', 'which model of the project (default: the first)')
    .addOption(inputFormat())
    .addOption(choice('--format <format>', 'format of the predictions', ROW_FORMATS).default('ndjson'))
    .option('--json', 'the same as --format json')
    .option('-o, --out <file>', 'write there instead of standard output')
    .option('--batch <rows>', 'rows in one run of the model (default: batching.maxRows)', positiveInteger)
    .addOption(choice('--on-error <what>', 'what a bad row does', ['fail', 'skip', 'null']).default('fail'))
    .addHelpText(
      'after',
      examples('mlserve predict -f row.json', 'mlserve predict -f rows.csv --on-error null -o predictions.ndjson'),
    )
    .action(async ({ json, format, ...flags }: Flags) => {
      const { predict } = await import('../commands/predict.ts');
      await act({}, () => predict({ ...flags, format: json ? 'json' : format }, io), nothing);
    });
}

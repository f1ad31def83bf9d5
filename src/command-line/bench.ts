/** `mlserve bench`: arguments, flags and examples. */
import { type Command, Option } from 'commander';
import { type Actions, examples, inputFormat, JSON_RESULT, PROJECT } from './command-line.ts';

interface Flags {
  readonly url?: string;
  readonly image?: string;
  readonly model?: string;
  readonly file?: string;
  readonly inputFormat?: 'json' | 'ndjson' | 'csv';
  readonly rates?: string;
  readonly duration: string;
  readonly timeout: string;
  readonly apiKey?: string;
  readonly ca?: string;
  readonly measure: boolean;
  readonly output?: string;
  readonly html?: string;
  readonly baseline?: string;
  readonly threshold: string;
  readonly json?: boolean;
}

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('[project]', PROJECT, '.')
    .option('--url <url>', 'load the service there, over http or https (default: the server of the project)')
    .addOption(new Option('--image <name>', 'load a container of this image').conflicts(['url']))
    .option('--model <name>', 'ask one model of the project (default: all; with --file the first)')
    .option('-f, --file <file>', 'rows as JSON, NDJSON or CSV in place of the golden examples; - reads standard input')
    .addOption(inputFormat())
    .option('--rates <list>', 'requests for each second: 100,200,400 (default: from a tenth of what it can do to more)')
    .option('--duration <time>', 'time for each rate, and with --measure for each model', '5s')
    .option('--timeout <time>', 'that an answer may take', '30s')
    .option('--api-key <key>', 'for the service (default: the variable MLSERVE_API_KEY)')
    .option('--ca <file>', 'the authority of an encrypted service, in PEM form (default: those that Node knows)')
    .option('--measure', 'record what each model costs in mlserve.lock too, as "mlserve measure" does', false)
    .option('--output <file>', 'write the result as JSON, for --baseline')
    .option('--html <file>', 'write a report with charts')
    .option('--baseline <file>', 'compare with the result of an earlier run; exit code 1 where this one is worse')
    .option('--threshold <percent>', 'by how much a figure may be worse', '10%')
    .option('--json', JSON_RESULT)
    .addHelpText(
      'after',
      examples(
        'mlserve bench',
        'mlserve bench --rates 100,200,400 --duration 10s --output run.json --html run.html',
        'mlserve bench --baseline run.json --threshold 20%',
        'mlserve bench -f rows.csv --measure',
        'mlserve bench --image fraud:1.4.0',
        'mlserve bench --url https://fraud.example.com',
      ),
    )
    .action(async (project: string, flags: Flags) => {
      const { bench } = await import('../commands/bench.ts');
      const { renderBench } = await import('../commands/render-bench.ts');
      await act(flags, () => bench({ project, ...flags }, io), renderBench);
    });
}

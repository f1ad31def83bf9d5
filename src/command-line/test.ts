/** `mlserve test`: arguments, flags and examples. */
import { type Command, Option } from 'commander';
import { type Actions, examples, inputFormat, JSON_RESULT, PROJECT } from './command-line.ts';

interface Flags {
  readonly local: boolean;
  readonly image: readonly string[];
  readonly url: readonly string[];
  readonly file?: string;
  readonly inputFormat?: 'json' | 'ndjson' | 'csv';
  readonly expected?: string;
  readonly model?: string;
  readonly tolerance: readonly string[];
  readonly apiKey?: string;
  readonly ca?: string;
  readonly timeout: string;
  readonly update: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly junit?: string;
  readonly sarif?: string;
  readonly json?: boolean;
}

const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text];

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('[project]', PROJECT, '.')
    .option('--image <name>', 'ask a container of this image too, more than once for several', collect, [])
    .option('--url <url>', 'ask the service there too: http, https, grpc or grpcs; more than once', collect, [])
    .option('--no-local', 'do not load the models in this process')
    .option('-f, --file <file>', 'rows as JSON, NDJSON or CSV in place of the golden examples; - reads standard input')
    .addOption(inputFormat())
    .option('--expected <file>', 'the predictions of the rows, as "mlserve predict" writes them in JSON or NDJSON')
    .option('--model <name>', 'test one model of the project (default: all; with --file the first)')
    .option('--tolerance <rule>', 'exact, argmax or absolute=A,relative=R; of one output: NAME:RULE', collect, [])
    .option('--api-key <key>', 'for URLs (default: the variable MLSERVE_API_KEY)')
    .option('--ca <file>', 'the authority of encrypted URLs, in PEM form (default: those that Node knows)')
    .option('--timeout <time>', 'that an answer of a URL may take', '30s')
    .addOption(
      new Option('--update', 'record the answers of this process in the golden examples')
        .default(false)
        .conflicts(['file']),
    )
    .option('--yes', 'with --update: do not ask', false)
    .option('--dry-run', 'with --update: show what is new, and write nothing', false)
    .option('--junit <file>', 'write the outcome as JUnit XML')
    .option('--sarif <file>', 'write the findings as SARIF 2.1.0')
    .option('--json', JSON_RESULT)
    .addHelpText(
      'after',
      examples(
        'mlserve test',
        'mlserve test --image fraud:1.4.0 --junit junit.xml',
        'mlserve test --no-local --url https://fraud.example.com --url grpcs://fraud.example.com:8443',
        'mlserve test -f rows.csv --expected predictions.ndjson --tolerance score:absolute=0.01',
        'mlserve test --update',
      ),
    )
    .action(async (project: string, flags: Flags) => {
      const [{ test }, { renderTest, testPage }] = await Promise.all([
        import('../commands/test.ts'),
        import('../commands/render-test.ts'),
      ]);
      await act(flags, () => test({ project, ...flags }, io), renderTest, testPage);
    });
}

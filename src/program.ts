/** Every command, argument, flag and example of the CLI. Actions import their command on first use. */
import { createRequire } from 'node:module';
import type { Command as CommandType, Option as OptionType } from 'commander';
import { MlserveError } from './errors.ts';
import type { Io } from './ports.ts';
import { actionRunner } from './run-command.ts';
import { VERSION } from './version.ts';

// Required, not imported: an import of CommonJS scans its text for exports first, which costs a tenth of the start of the CLI.
const { Command, CommanderError, InvalidArgumentError, Option } = createRequire(import.meta.url)(
  'commander',
) as typeof import('commander');

export interface ProgramEnd {
  /** Takes the exit code of a command that ends without an error. */
  setExitCode(code: number): void;
  /** Takes help, in pieces; printed when the command line was understood. */
  print(text: string): void;
}

/** The command tree, bound to `io`. */
export function buildProgram(io: Io, { setExitCode, print }: ProgramEnd): CommandType {
  const act = actionRunner(io, setExitCode);
  const program = new Command('mlserve');
  program
    .description('From model.onnx to a locked, validated, served model.')
    .version(`mlserve ${VERSION}`, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: print,
      // Help on stderr: only when no command was given.
      writeErr: (text) => io.terminal.error(text.trimEnd()),
      // Commander's own error text is dropped: `usageError` carries it to the one printer.
      outputError: () => {},
    });

  program
    .command('init')
    .description('make a project around a model: configuration, golden example, lock')
    .argument('[dir]', 'the folder to fill (default: one named after the service)')
    .option('--model <file>', 'the ONNX file')
    .option('--name <name>', 'name of the service (default: from the folder or file)')
    .option('--labels <a,b,…>', 'names of the classes, where the model does not hold them')
    .option('--max-rows <n>', 'most rows in one run of the model (default: batching.maxRows, 64)', positiveInteger)
    .option('--yes', 'ask nothing')
    .option('--force', 'replace files that differ', false)
    .option('--dry-run', 'say what would be written, and write nothing', false)
    .option('--json', JSON_OPTION)
    .addHelpText('after', examples('mlserve init fraud --model fraud.onnx', 'mlserve init'))
    .action(async (dir: string | undefined, options: InitCommandFlags) => {
      const [{ init }, { renderInit }] = await Promise.all([
        import('./commands/init.ts'),
        import('./commands/render-init.ts'),
      ]);
      await act(options, () => init({ ...options, dir }, io), renderInit);
    });

  program
    .command('inspect')
    .description('show what a model takes and gives, what it needs and its digests')
    .argument('<model>', 'the ONNX file')
    .option('--json', JSON_OPTION)
    .option('--no-digests', 'do not read the weights: no digests, an answer in milliseconds')
    .addHelpText('after', examples('mlserve inspect fraud.onnx', 'mlserve inspect fraud.onnx --json | jq .signature'))
    .action(async (model: string, options: { json?: boolean; digests: boolean }) => {
      const { inspect, renderInspect } = await import('./commands/inspect.ts');
      await act(options, () => inspect({ model, digests: options.digests }, io), renderInspect);
    });

  program
    .command('fix')
    .description('repair what stops a model from being served')
    .command('zipmap')
    .description('write the model again without its ZipMap node: the scores as a [rows, classes] tensor')
    .argument('<model>', 'the ONNX file')
    .option('-o, --output <file>', 'the file to write (default: <name>.fixed.onnx beside the model)')
    .option('--force', 'overwrite the file if it exists', false)
    .option('--json', JSON_OPTION)
    .addHelpText('after', examples('mlserve fix zipmap iris.onnx -o models/iris.onnx'))
    .action(async (model: string, options: { output?: string; force: boolean; json?: boolean }) => {
      const { fixZipMap, renderFixZipMap } = await import('./commands/fix-zipmap.ts');
      await act(options, () => fixZipMap({ model, ...options }, io), renderFixZipMap);
    });

  program
    .command('validate')
    .description('check a project or a model file; exit code 1 on findings')
    .argument('[target]', 'a project folder or an ONNX file', '.')
    .option('--json', JSON_OPTION)
    .option('--frozen', 'a missing mlserve.lock is an error', false)
    .option('--no-run', 'give nothing to the runtime: rules, configuration and lock alone')
    .option('--load-timeout <time>', 'that a load and one run may take: 30s (default: limits.loadTimeoutMs)')
    .option('--load-memory <size>', 'that a load and one run may take: 4GiB (default: limits.loadMemoryBytes)')
    .addHelpText('after', examples('mlserve validate', 'mlserve validate fraud.onnx --load-timeout 60s'))
    .action(async (target: string, options: ValidateFlags) => {
      const { validate, renderValidate } = await import('./commands/validate.ts');
      await act(options, () => validate({ target, ...options }, io), renderValidate);
    });

  program
    .command('lock')
    .description('record the identity of everything that ships in mlserve.lock')
    .argument('[project]', PROJECT_ARGUMENT, '.')
    .option('--check', 'compare and never write; exit code 1 on differences', false)
    .option('--frozen', 'the same, and the lock must be there', false)
    .option('--dry-run', 'say what would be recorded and do not write', false)
    .option('--json', JSON_OPTION)
    .addHelpText('after', examples('mlserve lock', 'mlserve lock --check', 'mlserve lock services/fraud --dry-run'))
    .action(async (project: string, options: LockFlags) => {
      const { lock, renderLock } = await import('./commands/lock.ts');
      await act(options, () => lock({ project, ...options }, io), renderLock);
    });

  program
    .command('config')
    .description('show every setting of a project and where it comes from')
    .argument('[project]', PROJECT_ARGUMENT, '.')
    .option('--json', JSON_OPTION)
    .addHelpText('after', examples('mlserve config', 'MLSERVE_SERVER_PORT=9000 mlserve config --json'))
    .action(async (project: string, options: { json?: boolean }) => {
      const { config, renderConfig } = await import('./commands/config.ts');
      await act(options, () => config({ project }, io), renderConfig);
    });

  program
    .command('serve')
    .description('answer predictions over HTTP until stopped by Ctrl-C or SIGTERM')
    .argument('[target]', 'a project folder or an ONNX file', '.')
    .option('--port <number>', 'port to listen on; 0 picks a free one (default: server.port, 8080)', portNumber)
    .option('--host <address>', 'address to listen on (default: server.host, 127.0.0.1)')
    .option('--frozen', 'refuse to serve a project without mlserve.lock', false)
    .option('--watch', 'load models again when their files change', false)
    .option('--log <format>', 'json, text or off (default: text on a terminal, json elsewhere)', logFormat)
    .option('--verbose', 'the same as --log json', false)
    .option('--quiet', 'print nothing about the service', false)
    .addHelpText('after', examples('mlserve serve', 'mlserve serve fraud.onnx --port 0', 'mlserve serve . --frozen'))
    .action(async (target: string, { verbose, ...options }: ServeFlags) => {
      const { serve } = await import('./commands/serve.ts');
      const log = options.log ?? (verbose ? 'json' : undefined);
      await act({}, () => serve({ target, ...options, log }, io), nothing);
    });

  program
    .command('predict')
    .description('score rows of a file, without a server')
    .requiredOption('-f, --file <file>', 'rows as JSON, NDJSON or CSV; - reads standard input')
    .option('--project <dir>', 'a project folder or an ONNX file', '.')
    .option('--model <name>', 'which model of the project (default: the first)')
    .addOption(choice('--input-format <format>', 'format of the rows (default: by file name, else ndjson)', INPUTS))
    .addOption(choice('--format <format>', 'format of the predictions', ['ndjson', 'json', 'csv']).default('ndjson'))
    .option('--json', 'the same as --format json')
    .option('-o, --out <file>', 'write there instead of standard output')
    .option('--batch <rows>', 'rows in one run of the model (default: batching.maxRows)', positiveInteger)
    .addOption(choice('--on-error <what>', 'what a bad row does', ['fail', 'skip', 'null']).default('fail'))
    .addHelpText(
      'after',
      examples('mlserve predict -f row.json', 'mlserve predict -f rows.csv --on-error null -o predictions.ndjson'),
    )
    .action(async ({ json, format, ...options }: PredictFlags) => {
      const { predict } = await import('./commands/predict.ts');
      await act({}, () => predict({ ...options, format: json ? 'json' : format }, io), nothing);
    });

  return program;
}

const PROJECT_ARGUMENT = 'the folder that holds mlserve.yaml';

interface LockFlags {
  readonly json?: boolean;
  readonly check: boolean;
  readonly frozen: boolean;
  readonly dryRun: boolean;
}

interface InitCommandFlags {
  readonly model?: string;
  readonly name?: string;
  readonly labels?: string;
  readonly maxRows?: number;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly json?: boolean;
}

const INPUTS = ['json', 'ndjson', 'csv'];

interface PredictFlags {
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

function choice(flags: string, description: string, values: readonly string[]): OptionType {
  return new Option(flags, description).choices(values);
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0 && value <= 1_000_000) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 to 1000000.');
}

interface ServeFlags {
  readonly port?: number;
  readonly host?: string;
  readonly frozen: boolean;
  readonly watch: boolean;
  readonly log?: 'json' | 'text' | 'off';
  readonly verbose: boolean;
  readonly quiet: boolean;
}

const nothing = (): string => '';

function portNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}

function logFormat(text: string): 'json' | 'text' | 'off' {
  if (text === 'json' || text === 'text' || text === 'off') return text;
  throw new InvalidArgumentError('It must be json, text or off.');
}

const JSON_OPTION = 'print the result as one JSON object';

interface ValidateFlags {
  readonly json?: boolean;
  readonly frozen: boolean;
  readonly run: boolean;
  readonly loadTimeout?: string;
  readonly loadMemory?: string;
}

/** The examples block that ends a command's help. */
function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

/** Whether commander left because it has printed what was asked for: help or the version. */
export function isPrinted(thrown: unknown): boolean {
  return thrown instanceof CommanderError && thrown.exitCode === 0;
}

/** Commander's complaint about a command line as a USAGE error; undefined for anything else. */
export function usageError(thrown: unknown): MlserveError | undefined {
  if (!(thrown instanceof CommanderError)) return undefined;
  if (thrown.code === 'commander.help') {
    return new MlserveError('USAGE', 'no command was given', { hint: 'see "mlserve --help"' });
  }
  return new MlserveError('USAGE', thrown.message.replace(/^error: /, ''), { hint: 'see "mlserve --help"' });
}

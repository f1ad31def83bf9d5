/** The table of commands, and argv × io → the one that is named, run. A command's own file is loaded when it is named. */
import { Command, CommanderError } from 'commander';
import type { Actions, Entry } from './command-line/command-line.ts';
import { MlserveError } from './errors.ts';
import type { Io } from './ports.ts';
import { actionRunner, type CommandRun } from './run-command.ts';
import { VERSION } from './version.ts';

export const COMMANDS: readonly Entry[] = [
  {
    name: 'init',
    summary: 'make a project around a model: configuration, golden example, lock',
    load: () => import('./command-line/init.ts'),
  },
  {
    name: 'inspect',
    summary: 'show what a model takes and gives, what it needs and its digests',
    load: () => import('./command-line/inspect.ts'),
  },
  {
    name: 'fix',
    summary: 'repair what stops a model from being served',
    commands: [
      {
        name: 'zipmap',
        summary: 'write the model again without its ZipMap node: the scores as a [rows, classes] tensor',
        load: () => import('./command-line/fix-zipmap.ts'),
      },
    ],
  },
  {
    name: 'validate',
    summary: 'check a project or a model file; exit code 1 on findings',
    load: () => import('./command-line/validate.ts'),
  },
  {
    name: 'test',
    summary: 'ask golden examples of the models, an image and a URL, and compare the answers',
    load: () => import('./command-line/test.ts'),
  },
  {
    name: 'lock',
    summary: 'record the identity of everything that ships in mlserve.lock',
    load: () => import('./command-line/lock.ts'),
  },
  {
    name: 'diff',
    summary: 'compare two models, projects or images: what breaks, and the version step it demands',
    load: () => import('./command-line/diff.ts'),
  },
  {
    name: 'measure',
    summary: 'measure what each model costs, and record it in mlserve.lock',
    load: () => import('./command-line/measure.ts'),
  },
  {
    name: 'bench',
    summary: 'load a service at rising rates: latency, saturation, and whether it is worse than before',
    load: () => import('./command-line/bench.ts'),
  },
  {
    name: 'config',
    summary: 'show every setting of a project and where it comes from',
    load: () => import('./command-line/config.ts'),
  },
  {
    name: 'serve',
    summary: 'answer predictions over HTTP until stopped by Ctrl-C or SIGTERM',
    load: () => import('./command-line/serve.ts'),
  },
  {
    name: 'build',
    summary: 'make what is deployed out of a locked project',
    commands: [
      {
        name: 'image',
        summary: 'build a container image: small, labelled, verified and tried',
        load: () => import('./command-line/build-image.ts'),
      },
    ],
  },
  {
    name: 'status',
    summary: 'show the state, versions and digests of a running service',
    load: () => import('./command-line/status.ts'),
  },
  {
    name: 'key',
    summary: 'make API keys for a service',
    commands: [
      {
        name: 'create',
        summary: 'make an API key, and the line by which a service knows it',
        load: () => import('./command-line/key-create.ts'),
      },
    ],
  },
  {
    name: 'predict',
    summary: 'score rows of a file, without a server',
    load: () => import('./command-line/predict.ts'),
  },
  {
    name: 'deploy',
    summary: 'write what Kubernetes needs to run the service: manifests, alerts, dashboard',
    load: () => import('./command-line/deploy.ts'),
  },
  {
    name: 'doctor',
    summary: 'say what this machine and project lack, and the command that puts it right',
    load: () => import('./command-line/doctor.ts'),
  },
  {
    name: 'completion',
    summary: 'print the script by which bash, zsh or fish completes command lines',
    load: () => import('./command-line/completion.ts'),
  },
  {
    name: 'ci',
    summary: 'run all of this as a pipeline',
    commands: [
      {
        name: 'init',
        summary: 'write a pipeline for GitHub or GitLab: validate, test, diff, build, push, deploy',
        load: () => import('./command-line/ci-init.ts'),
      },
    ],
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of what a command answers with --json',
    load: () => import('./command-line/schema.ts'),
  },
];

/** Runs a command line → its exit code. Throws USAGE for one that cannot be understood, and whatever the command throws. */
export async function runProgram(argv: readonly string[], io: Io, run: CommandRun): Promise<number> {
  let code = 0;
  let help = '';
  const act = actionRunner(io, run, (exitCode) => {
    code = exitCode;
  });
  const program = new Command('mlserve')
    .description('From model.onnx to a locked, validated, served model.')
    .version(`mlserve ${VERSION}`, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      getOutHelpWidth: () => io.terminal.columns || 80,
      getErrHelpWidth: () => io.terminal.columns || 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      // In pieces; printed when the command line was understood.
      writeOut: (text) => {
        help += text;
      },
      // Help on stderr: only when no command was given.
      writeErr: (text) => io.terminal.error(text.trimEnd()),
      // Commander's own error text is dropped: `usageError` carries it to the one printer.
      outputError: () => {},
    });
  const actions: Actions = { io, act, tree: async () => (await commandTree())(COMMANDS, actions) };
  program.hook('preAction', (_program, command) => {
    const project = projectOf(command);
    if (project !== undefined) run.project = project;
  });
  addCommands(program, COMMANDS, { ...actions, onCommand: (word) => run.words.push(word) });
  try {
    await program.parseAsync(askHelp(argv), { from: 'user' });
  } catch (thrown) {
    const isAnswer = thrown instanceof CommanderError && thrown.exitCode === 0;
    if (!isAnswer) throw usageError(thrown) ?? thrown;
  }
  if (help !== '') await io.terminal.out(help);
  return code;
}

/** The folder or file that a command is about: its argument, or the flag of those whose argument is something else. */
function projectOf(command: Command): string | undefined {
  const at = command.registeredArguments.findIndex((argument) => ['project', 'target'].includes(argument.name()));
  const project: unknown = at < 0 ? command.opts().project : command.processedArgs[at];
  return typeof project === 'string' ? project : undefined;
}

/** Loaded for `completion` alone. */
async function commandTree() {
  return (await import('./command-line/command-tree.ts')).commandTree;
}

/** `help serve` → `serve --help`: commander's own form would show a command that has no flags yet. An unknown name stays one. */
function askHelp(argv: readonly string[]): string[] {
  const [first, second, ...rest] = argv;
  if (first !== 'help') return [...argv];
  if (second === undefined) return ['--help'];
  return COMMANDS.some(({ name }) => name === second) ? [second, ...rest, '--help'] : [second];
}

/** Names and summaries alone, whatever their number; the rest of a command comes when the command line has led to it. */
function addCommands(
  parent: Command,
  entries: readonly Entry[],
  actions: Actions & { readonly onCommand: (word: string) => void },
): void {
  for (const { name, summary } of entries) parent.command(name).description(summary);
  parent.hook('preSubcommand', async (_parent, command) => {
    const entry = entries.find(({ name }) => name === command.name());
    if (entry === undefined) return;
    actions.onCommand(entry.name);
    if ('load' in entry) (await entry.load()).define(command, actions);
    else addCommands(command, entry.commands, actions);
  });
}

/** Commander's complaint about a command line as a USAGE error; undefined for anything else. */
function usageError(thrown: unknown): MlserveError | undefined {
  if (!(thrown instanceof CommanderError)) return undefined;
  let message = thrown.code === 'commander.help' ? 'no command was given' : thrown.message.replace(/^error: /, '');
  // What was given to a flag that is mistyped may be a secret, and errors end in logs.
  if (thrown.code === 'commander.unknownOption') message = message.replace(/=.*(?=')/s, '');
  return new MlserveError('USAGE', message, { hint: 'see "mlserve --help"' });
}

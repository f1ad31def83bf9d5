/** `mlserve status`: arguments, flags and examples. */
import { type Command, Option } from 'commander';
import { MlserveError } from '../errors.ts';
import { type Actions, choice, examples, JSON_RESULT } from './command-line.ts';

interface Flags {
  readonly apiKey?: string;
  readonly ca?: string;
  readonly timeout: string;
  readonly kube: boolean;
  readonly env?: 'dev' | 'staging' | 'prod';
  readonly namespace?: string;
  readonly context?: string;
  readonly json?: boolean;
}

const LOCAL = 'http://127.0.0.1:8080';
const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;
/** Of a service that is asked itself. */
const OF_URL = ['apiKey', 'ca', 'timeout'];

export function define(command: Command, actions: Actions): void {
  command
    .argument('[url]', `where the service is (default: ${LOCAL}); with --kube the folder of its project (default: .)`)
    .option('--api-key <key>', 'for a proxy that asks for one (default: the variable MLSERVE_API_KEY)')
    .option('--ca <file>', 'the authority of an https service, in PEM form (default: those that Node knows)')
    .option('--timeout <time>', 'that the answer may take', '5s')
    .addOption(
      new Option('--kube', 'list what runs of the service and its canary in a cluster')
        .default(false)
        .conflicts(OF_URL),
    )
    .addOption(choice('--env <environment>', 'with --kube: the environment (default: prod)', ENVIRONMENTS))
    .option('--namespace <name>', 'with --kube: its namespace (default: that of "mlserve deploy")')
    .option('--context <name>', 'with --kube: context of the kubeconfig (default: its current one)')
    .option('--json', JSON_RESULT)
    .addHelpText(
      'after',
      examples(
        'mlserve status',
        'mlserve status https://fraud.internal --ca ca.pem --json',
        'mlserve status --kube --env staging',
      ),
    )
    .action((target: string | undefined, flags: Flags) =>
      flags.kube ? ofCluster(target ?? '.', flags, actions) : ofUrl(target ?? LOCAL, flags, actions),
    );
}

async function ofUrl(url: string, flags: Flags, { io, act }: Actions): Promise<void> {
  const astray = (['env', 'namespace', 'context'] as const).find((name) => flags[name] !== undefined);
  if (astray !== undefined) {
    const message = `--${astray} is about a cluster, and one service is asked by its address`;
    throw new MlserveError('USAGE', message, { hint: 'add --kube' });
  }
  const [{ status }, { renderStatus }] = await Promise.all([
    import('../commands/status.ts'),
    import('../commands/render-status.ts'),
  ]);
  await act(flags, () => status({ url, ...flags }, io), renderStatus);
}

async function ofCluster(project: string, flags: Flags, { io, act }: Actions): Promise<void> {
  const [{ kubeStatus }, { renderKubeStatus }] = await Promise.all([
    import('../commands/kube-status.ts'),
    import('../commands/render-kube-status.ts'),
  ]);
  await act(flags, () => kubeStatus({ project, ...flags, env: flags.env ?? 'prod' }, io), renderKubeStatus);
}

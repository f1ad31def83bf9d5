/** kubectl × the name of a context → the place that it leads to, as the kubeconfig says. */
import { MlserveError } from '../../errors.ts';
import type { ClusterPlace } from '../../manifests/cluster.ts';
import type { Kubectl } from './run.ts';

interface Config {
  readonly 'current-context'?: string;
  readonly contexts?: readonly { readonly name: string; readonly context: { readonly cluster: string } }[] | null;
  readonly clusters?: readonly { readonly name: string; readonly cluster: { readonly server: string } }[] | null;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Throws CLUSTER_UNREACHABLE. Nothing is asked of the cluster. */
export async function findPlace(kubectl: Kubectl, wanted: string | undefined, env: Env): Promise<ClusterPlace> {
  const config = JSON.parse(await kubectl.run(['config', 'view', '--output=json'])) as Config;
  const [contexts, clusters] = [config.contexts ?? [], config.clusters ?? []];
  const name = wanted ?? config['current-context'] ?? '';
  if (name === '') return contexts.length > 0 ? noCurrent(contexts) : placeOfPod(env);
  const context = contexts.find((each) => each.name === name)?.context;
  const cluster = clusters.find((each) => each.name === context?.cluster)?.cluster;
  if (cluster !== undefined) return { context: name, server: cluster.server };
  const known = contexts.map((each) => each.name).join(', ');
  throw new MlserveError('CLUSTER_UNREACHABLE', `the kubeconfig has no context ${JSON.stringify(name)}`, {
    where: kubeconfigOf(env),
    hint: known === '' ? 'name the right kubeconfig in KUBECONFIG' : `name one of these with --context: ${known}`,
  });
}

function noCurrent(contexts: readonly { readonly name: string }[]): never {
  throw new MlserveError('CLUSTER_UNREACHABLE', 'the kubeconfig has no current context', {
    hint: `name one of these with --context: ${contexts.map(({ name }) => name).join(', ')}`,
  });
}

/** Without a kubeconfig kubectl takes the service account of the pod that it runs in. */
function placeOfPod(env: Env): ClusterPlace {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (host !== undefined) return { context: '', server: `https://${host.includes(':') ? `[${host}]` : host}:${port}` };
  throw new MlserveError('CLUSTER_UNREACHABLE', 'there is no kubeconfig, so nothing says which cluster is meant', {
    where: kubeconfigOf(env),
    hint: 'name one in KUBECONFIG, or have your cluster write one ("aws eks update-kubeconfig", "gcloud container clusters get-credentials", …)',
  });
}

/** Where it is looked for. */
export function kubeconfigOf({ KUBECONFIG, HOME = '~' }: Env): string {
  return KUBECONFIG === undefined || KUBECONFIG === '' ? `${HOME}/.kube/config` : KUBECONFIG;
}

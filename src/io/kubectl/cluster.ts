/** Environment × the name of a context → the `Cluster` port, which asks kubectl for everything. Loaded when it is first needed. */
import { MlserveError } from '../../errors.ts';
import type { Cluster, ClusterOptions, ObjectReference } from '../../manifests/cluster.ts';
import { FIELD_MANAGER } from '../../manifests/field-manager.ts';
import type { KubernetesObject } from '../../manifests/manifest.ts';
import { apiThrough, selectorOf } from './api.ts';
import { findPlace, kubeconfigOf } from './place.ts';
import { kubectlWith } from './run.ts';
import { watchObjects } from './watch.ts';

/** For one answer of the API server. */
const REQUEST_TIMEOUT = '--request-timeout=30s';
const POD_TIMEOUT_MS = 15_000;

export async function openCluster(
  env: Readonly<Record<string, string | undefined>>,
  { context }: ClusterOptions,
): Promise<Cluster> {
  const place = await findPlace(kubectlWith(env, [], kubeconfigOf(env)), context, env);
  // By its name from now on: the current one may be changed while this runs.
  const global = place.context === '' ? [] : [`--context=${place.context}`];
  const where = place.context === '' ? place.server : `${place.context} (${place.server})`;
  const patient = kubectlWith(env, global, where);
  const kubectl = kubectlWith(env, [...global, REQUEST_TIMEOUT], where);
  const api = apiThrough(kubectl);
  const serverSide = (forceConflicts: boolean): readonly string[] => [
    '--server-side',
    `--field-manager=${FIELD_MANAGER}`,
    ...(forceConflicts ? ['--force-conflicts'] : []),
    '--filename=-',
  ];
  return {
    place,
    version: async (timeoutMs) => versionIn(await patient.run(['get', '--raw', '/version'], { timeoutMs }), where),
    kinds: api.kinds,
    async get<T extends KubernetesObject>({ name, namespace, ...kind }: ObjectReference) {
      return (await api.read(`${await api.pathOf(kind, namespace)}/${name}`)) as T | undefined;
    },
    async list<T extends KubernetesObject>(
      kind: Parameters<Cluster['list']>[0],
      query: Parameters<Cluster['list']>[1],
    ) {
      const selector = selectorOf(query);
      const found = await api.read(`${await api.pathOf(kind, query.namespace)}${selector && `?${selector}`}`);
      // The API server leaves these two out of the items of a list.
      return ((found as { readonly items?: readonly T[] } | undefined)?.items ?? []).map((item) => ({
        ...kind,
        ...item,
      }));
    },
    async *watch<T extends KubernetesObject>(
      kind: Parameters<Cluster['watch']>[0],
      query: Parameters<Cluster['watch']>[1],
      signal: AbortSignal,
    ) {
      const path = await api.pathOf(kind, query.namespace);
      yield* watchObjects({ path, selector: selectorOf(query) }, { kubectl: patient, api }, signal) as AsyncIterable<
        readonly T[]
      >;
    },
    diff: (objects, { forceConflicts }) =>
      kubectl.run(['diff', ...serverSide(forceConflicts)], { input: documents(objects), accepted: [1] }),
    async apply(objects, { dryRun, forceConflicts }, onApplied, signal) {
      const words = ['apply', ...serverSide(forceConflicts), ...(dryRun ? ['--dry-run=server'] : [])];
      for await (const line of kubectl.lines(words, { input: documents(objects), signal })) {
        const [, name] = /^(\S+) serverside-applied/.exec(line) ?? [];
        if (name !== undefined) onApplied(name);
      }
    },
    async remove({ apiVersion, kind, namespace, name }, { dryRun }) {
      const words = ['delete', `${resourceOf(apiVersion, kind)}/${name}`, `--namespace=${namespace}`, '--wait=false'];
      try {
        await kubectl.run([...words, '--output=name', ...(dryRun ? ['--dry-run=server'] : [])]);
        return true;
      } catch (error) {
        if (error instanceof MlserveError && error.message.endsWith(`"${name}" not found`)) return false;
        throw error;
      }
    },
    askPod({ namespace, pod, port, isTls, path }) {
      const name = `${isTls ? 'https:' : ''}${pod}:${port}`;
      // A limit for kubectl would be sent to the pod too.
      return patient.run(['get', '--raw', `/api/v1/namespaces/${namespace}/pods/${name}/proxy${path}`], {
        timeoutMs: POD_TIMEOUT_MS,
      });
    },
  };
}

function versionIn(text: string, where: string): string {
  try {
    const { gitVersion } = JSON.parse(text) as { readonly gitVersion?: unknown };
    if (typeof gitVersion === 'string') return gitVersion;
  } catch {
    // A page of a proxy, for one.
  }
  const hint = 'correct its server in the kubeconfig, or name another in KUBECONFIG';
  throw new MlserveError('CLUSTER_UNREACHABLE', 'what answers is no API server of Kubernetes', { where, hint });
}

/** JSON is YAML. */
function documents(objects: readonly KubernetesObject[]): string {
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}

/** `Deployment.v1.apps`: kubectl takes the kind in place of its plural. */
function resourceOf(apiVersion: string, kind: string): string {
  const [version, group] = apiVersion.split('/').reverse();
  return group === undefined ? kind : `${kind}.${version}.${group}`;
}

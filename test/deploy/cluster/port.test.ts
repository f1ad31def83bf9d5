import { describe, expect, it } from 'vitest';
import { MlserveError } from '../../../src/errors.ts';
import { openCluster } from '../../../src/io/kubectl/cluster.ts';
import type { Cluster } from '../../../src/manifests/cluster.ts';
import type { KubernetesObject } from '../../../src/manifests/manifest.ts';
import { type ApiServer, type ClusterScript, startApiServer } from '../../support/kube/api-server.ts';
import { describeWithKubectl, kubectlEnv } from '../../support/kube/kubectl.ts';
import { Refused } from '../../support/kube/objects.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const POD = { apiVersion: 'v1', kind: 'Pod' };
const CONFIRMED = { dryRun: false, forceConflicts: false };

interface ManagedObject extends KubernetesObject {
  readonly metadata: {
    readonly name: string;
    readonly managedFields: readonly { readonly manager: string; readonly fieldsV1: object }[];
  };
}

function deployment(image: string, replicas = 1): KubernetesObject {
  const labels = { app: 'iris' };
  const object = {
    ...DEPLOYMENT,
    metadata: { name: 'iris', namespace: 'shop', labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'server', image }] } },
    },
  };
  return object;
}

const configMap = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
});

async function open(script: Partial<ClusterScript> = {}): Promise<{ server: ApiServer; cluster: Cluster }> {
  const server = await startApiServer({ namespaces: ['shop'], ...script });
  return { server, cluster: await openCluster(await kubectlEnv(server), {}) };
}

async function apply(cluster: Cluster, objects: readonly KubernetesObject[], options = CONFIRMED): Promise<string[]> {
  const applied: string[] = [];
  await cluster.apply(objects, options, (name) => applied.push(name), new AbortController().signal);
  return applied;
}

async function failure(work: Promise<unknown>): Promise<MlserveError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof MlserveError) return error;
  throw error ?? new Error('it did not fail');
}

describeWithKubectl('a cluster through kubectl', () => {
  it('is found by the context of the kubeconfig, and asked for its kinds', async () => {
    const { server, cluster } = await open({ hasCustom: false });
    expect(cluster.place).toEqual({ context: 'test', server: server.url });
    expect(await cluster.kinds('apps/v1')).toEqual(['Deployment', 'ReplicaSet']);
    expect(await cluster.kinds('monitoring.coreos.com/v1')).toEqual([]);
  });

  it('applies objects in order by server-side apply, and changes nothing on a dry run', async () => {
    const { server, cluster } = await open();
    const objects = [configMap('one'), deployment('a')];
    expect(await apply(cluster, objects, { ...CONFIRMED, dryRun: true })).toEqual([
      'configmap/one',
      'deployment.apps/iris',
    ]);
    expect(await cluster.get({ ...DEPLOYMENT, namespace: 'shop', name: 'iris' })).toBeUndefined();
    expect(await apply(cluster, objects)).toEqual(['configmap/one', 'deployment.apps/iris']);
    expect(await cluster.get({ ...DEPLOYMENT, namespace: 'shop', name: 'iris' })).toMatchObject({
      spec: { replicas: 1 },
    });
    const patches = server.requests.filter((each) => each.startsWith('PATCH') && !each.includes('dryRun'));
    expect(patches).toHaveLength(2);
    for (const patch of patches) expect(patch).toMatch(/fieldManager=mlserve.*fieldValidation=Strict/);
  });

  it('tells what would change, and nothing where nothing would', async () => {
    const { cluster } = await open();
    await apply(cluster, [deployment('a')]);
    expect(await cluster.diff([deployment('a')], CONFIRMED)).toBe('');
    expect(await cluster.diff([deployment('b')], CONFIRMED)).toMatch(/^-.*image: a\n\+.*image: b$/m);
  });

  it('is watched: pods come one after the other, and the old ones go', async () => {
    const { cluster } = await open();
    await apply(cluster, [deployment('a', 2)]);
    const stop = new AbortController();
    const seen: number[] = [];
    for await (const pods of cluster.watch(POD, { namespace: 'shop', labels: { app: 'iris' } }, stop.signal)) {
      seen.push(pods.length);
      if (pods.filter((pod) => JSON.stringify(pod).includes('"type":"Ready","status":"True"')).length === 2) break;
    }
    stop.abort();
    expect(seen.at(-1)).toBe(2);
    expect(await cluster.list(POD, { namespace: 'shop', labels: { app: 'other' } })).toEqual([]);
    expect(await cluster.list(POD, { namespace: 'shop' })).toMatchObject([POD, POD]);
  });

  it('is watched on when the connection is cut, and sees what happened meanwhile', async () => {
    const { server, cluster } = await open();
    await apply(cluster, [configMap('one'), configMap('two')]);
    const seen: string[] = [];
    const kind = { apiVersion: 'v1', kind: 'ConfigMap' };
    for await (const found of cluster.watch(kind, { namespace: 'shop' }, new AbortController().signal)) {
      seen.push(found.map(({ metadata }) => metadata?.name).join(' '));
      if (seen.at(-1) === 'two three') break;
      if (seen.length > 1) continue;
      server.cut();
      await cluster.remove({ ...kind, namespace: 'shop', name: 'one' }, CONFIRMED);
      await apply(cluster, [configMap('three')]);
    }
    expect([seen[0], seen.at(-1)]).toEqual(['one two', 'two three']);
  });

  it('is asked for a pod through its API server', async () => {
    const { cluster } = await open({
      answer: async ({ pod, port, path, isTls }) => ({
        status: 200,
        body: JSON.stringify([pod.metadata.name.startsWith('iris-'), port, path, isTls]),
      }),
    });
    await apply(cluster, [deployment('a')]);
    let pods: readonly KubernetesObject[] = [];
    while (pods.length === 0) pods = await cluster.list(POD, { namespace: 'shop' });
    const question = { namespace: 'shop', pod: pods[0]?.metadata?.name ?? '', port: 8080, path: '/readyz' };
    expect(await cluster.askPod({ ...question, isTls: false })).toBe('[true,8080,"/readyz",false]');
    expect(await cluster.askPod({ ...question, isTls: true })).toBe('[true,8080,"/readyz",true]');
  });

  it('removes an object, and says when it was not there', async () => {
    const { cluster } = await open();
    await apply(cluster, [deployment('a')]);
    const iris = { ...DEPLOYMENT, namespace: 'shop', name: 'iris' };
    expect(await cluster.remove(iris, { dryRun: true })).toBe(true);
    expect(await cluster.get(iris)).toBeDefined();
    expect(await cluster.remove(iris, CONFIRMED)).toBe(true);
    expect(await cluster.get(iris)).toBeUndefined();
    expect(await cluster.remove(iris, CONFIRMED)).toBe(false);
  });
});

describeWithKubectl('a cluster that says no', () => {
  it('names the manager of a field that it does not give up, and gives it up when forced', async () => {
    const { server, cluster } = await open();
    await apply(cluster, [deployment('a')]);
    const path = `${server.url}/apis/apps/v1/namespaces/shop/deployments/iris?fieldManager=autoscale`;
    const headers = { 'content-type': 'application/merge-patch+json' };
    await fetch(path, { method: 'PATCH', headers, body: JSON.stringify({ spec: { replicas: 5 } }) });
    const error = await failure(apply(cluster, [deployment('a')]));
    expect([error.code, error.message]).toEqual([
      'CLUSTER_REFUSED',
      'Apply failed with 1 conflict: conflict with "autoscale" using apps/v1: .spec.replicas',
    ]);
    expect(error.hint).toContain('--force-conflicts');
    await apply(cluster, [deployment('a')], { dryRun: false, forceConflicts: true });
    const live = await cluster.get<ManagedObject>({ ...DEPLOYMENT, namespace: 'shop', name: 'iris' });
    const own = live?.metadata.managedFields.find(({ manager }) => manager === 'mlserve');
    expect(own?.fieldsV1).toMatchObject({ 'f:spec': { 'f:replicas': {} } });
    expect(await cluster.diff([deployment('a')], CONFIRMED)).toBe('');
  });

  it('has no such namespace, and no such kind', async () => {
    const { cluster } = await open({ namespaces: [], hasCustom: false });
    const error = await failure(apply(cluster, [configMap('one')]));
    expect([error.code, error.message]).toEqual(['CLUSTER_REFUSED', 'namespaces "shop" not found']);
    const missing = await failure(
      cluster.list({ apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor' }, { namespace: 'shop' }),
    );
    expect(missing.message).toBe('the cluster has no PodMonitor (monitoring.coreos.com/v1)');
  });

  it('goes on to the next object after one that is refused', async () => {
    const { cluster } = await open({
      onRequest: ({ path }) => {
        if (!path.endsWith('/one')) return;
        const message =
          'configmaps "one" is forbidden: User "ci" cannot patch resource "configmaps" in API group "" in the namespace "shop"';
        throw new Refused({ code: 403, reason: 'Forbidden', message });
      },
    });
    const applied: string[] = [];
    const work = cluster.apply(
      [configMap('one'), configMap('two')],
      CONFIRMED,
      (name) => applied.push(name),
      new AbortController().signal,
    );
    const error = await failure(work);
    expect([error.code, applied]).toEqual(['CLUSTER_REFUSED', ['configmap/two']]);
    expect(error.message).toContain('cannot patch resource');
    expect(error.hint).toContain('kubectl auth can-i');
  });

  it('goes away in the middle of an apply', async () => {
    const { cluster } = await open({
      onRequest: ({ method, path }, server) => {
        if (method === 'PATCH' && path.endsWith('/two')) server.stop();
      },
    });
    const applied: string[] = [];
    const work = cluster.apply(
      [configMap('one'), configMap('two')],
      CONFIRMED,
      (name) => applied.push(name),
      new AbortController().signal,
    );
    expect([(await failure(work)).code, applied]).toEqual(['CLUSTER_UNREACHABLE', ['configmap/one']]);
  });
});

describe('a cluster that nothing names', () => {
  it('is an error that says so without kubectl', async () => {
    const error = await failure(openCluster({ PATH: '/nowhere' }, {}));
    expect([error.code, error.message]).toEqual(['CLUSTER_UNREACHABLE', 'there is no kubectl on the PATH']);
  });
});

describeWithKubectl('a kubeconfig', () => {
  it('that is not there, or lacks the context, is an error that names the contexts there are', async () => {
    const env = await kubectlEnv({ kubeconfig: '/nowhere/config' });
    expect(await failure(openCluster(env, {}))).toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      message: 'there is no kubeconfig, so nothing says which cluster is meant',
      where: '/nowhere/config',
    });
    const server = await startApiServer({ namespaces: [] });
    const error = await failure(openCluster(await kubectlEnv(server), { context: 'prod' }));
    expect([error.code, error.hint]).toEqual(['CLUSTER_UNREACHABLE', 'name one of these with --context: other, test']);
  });

  it('leads to the service account of the pod where there is none', async () => {
    const env = { ...(await kubectlEnv({ kubeconfig: '' })), KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    expect((await openCluster(env, {})).place).toEqual({ context: '', server: 'https://10.0.0.1:443' });
  });
});

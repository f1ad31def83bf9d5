/** `mlserve status --kube` as a process, with a real kubectl against the API server of a test. */
import { expect, it } from 'vitest';
import { openCluster } from '../../../src/io/kubectl/cluster.ts';
import { canaryObjects } from '../../../src/manifests/canary/canary-objects.ts';
import { withCanary } from '../../../src/manifests/canary/weighted-route.ts';
import { environmentObjects } from '../../../src/manifests/environment-objects.ts';
import { withHashedConfig } from '../../../src/manifests/hash-config.ts';
import type { KubernetesObject } from '../../../src/manifests/manifest.ts';
import { type ApiServer, startApiServer } from '../../support/kube/api-server.ts';
import { describeWithKubectl, kubectlEnv } from '../../support/kube/kubectl.ts';
import { becomesReady, crashLoops } from '../../support/kube/kubelet.ts';
import { projectFacts, projectPath } from '../../support/projects.ts';
import { type CliRun, runCli } from '../../support/run-cli.ts';
import { digestFor } from '../../support/sample-lock.ts';

const PATIENCE = 120_000;
const facts = await projectFacts('guarded/wine');
const objects = environmentObjects({ ...facts, environment: 'prod', namespace: 'wine' });

/** The next version of the models. */
const next = environmentObjects({
  ...facts,
  lock: {
    ...facts.lock,
    models: facts.lock.models.map((model) => ({ ...model, digests: { ...model.digests, model: digestFor('next') } })),
  },
  lockDigest: digestFor('next lock'),
  environment: 'prod',
  namespace: 'wine',
});

async function apply(server: ApiServer, all: readonly KubernetesObject[]): Promise<void> {
  const cluster = await openCluster(await kubectlEnv(server), {});
  await cluster.apply(all, { dryRun: false, forceConflicts: false }, () => {}, new AbortController().signal);
}

const status = async (server: ApiServer, ...flags: readonly string[]): Promise<CliRun> =>
  runCli(['status', '--kube', projectPath('guarded/wine'), ...flags], { cwd: '/', env: await kubectlEnv(server) });

/** Until it says that. */
async function statusWith(server: ApiServer, text: RegExp): Promise<CliRun> {
  const runs: CliRun[] = [];
  const next = async (): Promise<string> => {
    runs.push(await status(server));
    return runs.at(-1)?.stdout ?? '';
  };
  await expect.poll(next, { timeout: PATIENCE }).toMatch(text);
  return runs.at(-1) as CliRun;
}

const own = withHashedConfig(objects.manifests, 'wine-quality').map(({ object }) => object);
const canary = canaryObjects(next, { weight: 20, stablePods: 3 }).map(({ object }) => object);

describeWithKubectl('mlserve status --kube', () => {
  it(
    'lists both tracks with versions, digests, pods and their part of the requests, and two models are no finding',
    async () => {
      const server = await startApiServer({ namespaces: ['wine'] });
      const routes = own
        .filter(({ kind }) => kind === 'HTTPRoute')
        .map((route) => withCanary(route, 'wine-quality', 20));
      await apply(server, [...own.filter(({ kind }) => kind !== 'HTTPRoute'), ...canary, ...routes]);
      // The three that its autoscaler brings it to.
      const { stdout, code } = await statusWith(server, /stable .* 3\/3 (?:.|\n)*canary .* 2\/2 /);
      expect(code).toBe(0);
      const [digest, other] = [facts.lock.models[0]?.digests.model ?? '', digestFor('next')].map((each) =>
        each.slice(7, 19),
      );
      expect(stdout.replace(/\d+s$/gm, 'Ns').trim().split('\n')).toEqual([
        'wine-quality in test, namespace wine',
        '  TRACK   VERSION             MODEL                    DIGEST        READY  REQUESTS  RESTARTS  AGE',
        `  stable  2.0.0-rc.1+build.7  wine 2.0.0-rc.1+build.7  ${digest}  3/3    80 %      0         Ns`,
        `  canary  2.0.0-rc.1+build.7  wine 2.0.0-rc.1+build.7  ${other}  2/2    20 %      0         Ns`,
      ]);
      const { stdout: json } = await status(server, '--json');
      expect(JSON.parse(json)).toMatchObject({
        ...{ service: 'wine-quality', context: 'test', server: server.url, namespace: 'wine', weight: 20, issues: [] },
        revisions: [
          { track: 'stable', ready: 3, lockDigest: facts.lockDigest },
          { track: 'canary', models: [{ digest: digestFor('next') }], ready: 2 },
        ],
      });
    },
    PATIENCE,
  );

  it(
    'ends with exit code 1 for pods that are not ready, while the old ones still answer, and changes nothing',
    async () => {
      const server = await startApiServer({
        namespaces: ['wine'],
        pod: ({ metadata }) =>
          metadata.annotations?.['mlserve.dev/model-digest'] === digestFor('next')
            ? crashLoops('no memory')
            : becomesReady(),
      });
      await apply(server, own);
      expect(await statusWith(server, / 3\/3 /)).toMatchObject({ code: 0 });
      await apply(
        server,
        withHashedConfig(next.manifests, 'wine-quality').map(({ object }) => object),
      );
      const before = server.requests.filter((each) => !each.startsWith('GET')).length;
      const run = await statusWith(server, / 0\/3 +100 % +[1-3] /);
      expect(run.code).toBe(1);
      expect(run.stdout).toMatch(/\n {2}stable .* 3\/0 /);
      expect(run.stdout).toContain(
        'error cluster.not-ready Deployment/wine-quality: 0 of 3 pods of the newest revision are ready',
      );
      expect(server.requests.filter((each) => !each.startsWith('GET'))).toHaveLength(before);
    },
    PATIENCE,
  );

  it('ends with exit code 2 where the service is not, also without the kinds of custom resources', async () => {
    const server = await startApiServer({ namespaces: ['wine'], hasCustom: false });
    const { code, stderr } = await status(server);
    expect(code).toBe(2);
    expect(stderr).toContain('there is no Deployment wine-quality [NOT_DEPLOYED]');
    expect((await status(server, '--timeout', '5s')).stderr).toContain(
      "'--kube' cannot be used with option '--timeout <time>'",
    );
  });
});

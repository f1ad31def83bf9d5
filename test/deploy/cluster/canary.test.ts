/** `mlserve deploy --canary --apply`, `--promote` and `--rollback` as processes, with a real kubectl against the API server of a test. */
import { spawn } from 'node:child_process';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lock } from '../../../src/commands/lock.ts';
import { weightOf } from '../../../src/manifests/canary/weighted-route.ts';
import type { ApiServer, ClusterScript } from '../../support/kube/api-server.ts';
import { describeWithKubectl, kubectlEnv } from '../../support/kube/kubectl.ts';
import { becomesReady, crashLoops, isNeverReady } from '../../support/kube/kubelet.ts';
import { CORE, Refused, type Stored } from '../../support/kube/objects.ts';
import { projectPath } from '../../support/projects.ts';
import { CLI, type CliRun } from '../../support/run-cli.ts';
import { digestFor } from '../../support/sample-lock.ts';
import { makeTemp } from '../../support/temp.ts';
import { testIo } from '../../support/test-io.ts';
import { cluster, deploy, expectTranscript, modelsOf, readyz } from './support.ts';

/** Many processes start in such a test. */
const PATIENCE = 300_000;

const SERVICE = 'wine-quality';
const OLD = projectPath('guarded/wine');
const imageOf = (version: string) => `registry.example.com/ml/wine:${version}@${digestFor(version)}`;

/** The project at a later version, locked. */
async function nextProject(version: string): Promise<string> {
  const folder = await makeTemp();
  await cp(OLD, folder, { recursive: true });
  const file = join(folder, 'mlserve.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^version: .*$/m, `version: ${version}`));
  await lock({ project: '.', check: false, frozen: false, dryRun: false }, testIo(folder));
  return folder;
}
const NEXT = await nextProject('2.0.0');
afterAll(() => rm(NEXT, { recursive: true, force: true }));

const start = (script: Partial<ClusterScript> = {}): Promise<ApiServer> => cluster({ namespaces: ['wine'], ...script });

/** One of the two versions, into prod. */
function run(server: ApiServer, version: 'old' | 'next', ...flags: readonly string[]): Promise<CliRun> {
  const image = ['--image', imageOf(version)];
  return deploy(server, ['--env', 'prod', ...image, ...flags], version === 'old' ? OLD : NEXT);
}
const yes = (server: ApiServer, version: 'old' | 'next', ...flags: readonly string[]): Promise<CliRun> =>
  run(server, version, ...flags, '--yes');

async function done(work: Promise<CliRun>): Promise<CliRun> {
  const result = await work;
  expect(result.stderr + result.stdout, 'exit code').toSatisfy(() => result.code === 0);
  return result;
}

/** Without how far a rollout is at one moment and the next. */
const expectText = ({ stderr, ...rest }: CliRun, name: string): Promise<void> =>
  expectTranscript(
    { ...rest, stderr: stderr.replaceAll(/^ {2}(\d+ of \d+ pods?|Kubernetes|the cluster) .*\n/gm, '') },
    name,
  );

const objects = (server: ApiServer, plural: string): readonly Stored[] => server.store.list(plural, 'wine');
const weight = (server: ApiServer): number | undefined => weightOf(objects(server, 'httproutes')[0] as never, SERVICE);
const named = (server: ApiServer, plural: string, name: string): Stored | undefined =>
  objects(server, plural).find(({ metadata }) => metadata.name === name);
const versionOf = (server: ApiServer, name: string): string | undefined =>
  (named(server, 'deployments', name)?.spec as { template: Stored } | undefined)?.template.metadata.annotations?.[
    'mlserve.dev/service-version'
  ];
const CANARY_PLURALS = [
  ...[
    'deployments',
    'services',
    'configmaps',
    'poddisruptionbudgets',
    'networkpolicies',
    'podmonitors',
    'prometheusrules',
  ],
];
const canaryParts = (server: ApiServer): readonly string[] =>
  CANARY_PLURALS.flatMap((plural) =>
    objects(server, plural)
      .filter(({ metadata }) => metadata.labels?.['mlserve.dev/track'] === 'canary')
      .map(({ kind }) => kind),
  );
const changes = (server: ApiServer): readonly string[] =>
  server.requests.filter((each) => /^(PATCH|POST|PUT|DELETE) /.test(each) && !each.includes('dryRun='));

describeWithKubectl('a canary in a cluster', () => {
  it(
    'is started, gets its part of the requests when its pods are ready, and is promoted: then nothing of it is left',
    async () => {
      const server = await start();
      await done(yes(server, 'old', '--apply'));
      const before = changes(server).length;
      await expectText(await run(server, 'next', '--canary', '10', '--apply', '--dry-run'), 'canary-dry-run');
      expect(changes(server)).toHaveLength(before);
      await expectText(await yes(server, 'next', '--canary', '10', '--apply'), 'canary-start');
      expect(weight(server)).toBe(10);
      expect(canaryParts(server)).toHaveLength(CANARY_PLURALS.length);
      expect([versionOf(server, SERVICE), versionOf(server, `${SERVICE}-canary`)]).toEqual([
        '2.0.0-rc.1+build.7',
        '2.0.0',
      ]);
      const route = changes(server).findLastIndex((each) => each.includes('/httproutes/'));
      expect(route, 'the route is the last').toBe(changes(server).length - 1);
      await expectText(await yes(server, 'next', '--promote'), 'canary-promote');
      expect(weight(server)).toBeUndefined();
      expect(canaryParts(server)).toEqual([]);
      expect(versionOf(server, SERVICE)).toBe('2.0.0');
      const again = await yes(server, 'next', '--promote');
      expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('[NOT_DEPLOYED]')]);
    },
    PATIENCE,
  );

  it(
    'is taken back: the service gets all requests before anything is removed, and stays as it was',
    async () => {
      const server = await start();
      await done(yes(server, 'old', '--apply'));
      await done(yes(server, 'next', '--canary', '25', '--apply'));
      const before = changes(server).length;
      await expectText(await yes(server, 'next', '--rollback'), 'canary-rollback');
      const [first, ...rest] = changes(server).slice(before);
      expect(first).toMatch(/^PATCH .*\/httproutes\/wine-quality\?/);
      expect(rest.every((each) => each.startsWith('DELETE'))).toBe(true);
      expect(rest.at(-1)).toContain(`/deployments/${SERVICE}-canary`);
      expect([weight(server), canaryParts(server)]).toEqual([undefined, []]);
      expect(versionOf(server, SERVICE)).toBe('2.0.0-rc.1+build.7');
    },
    PATIENCE,
  );

  it(
    'whose pods do not become ready gets no requests, and is taken back',
    async () => {
      const server = await start({
        pod: ({ metadata }) => (metadata.name.includes('-canary-') ? crashLoops('no memory') : becomesReady()),
      });
      await done(yes(server, 'old', '--apply'));
      const failed = await yes(server, 'next', '--canary', '10', '--apply');
      expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('[ROLLOUT_FAILED]')]);
      expect(failed.stderr).toContain('rollout.crash Pod/wine-quality-canary-');
      expect(weight(server)).toBeUndefined();
      const promoted = await yes(server, 'next', '--promote');
      expect([promoted.code, promoted.stderr]).toEqual([
        1,
        expect.stringContaining('are not all ready [CANARY_REFUSED]'),
      ]);
      await done(yes(server, 'next', '--rollback'));
      expect(canaryParts(server)).toEqual([]);
    },
    PATIENCE,
  );

  it(
    'is promoted by the same command again where the API server was gone in between, and taken back from there too',
    async () => {
      let isGone = false;
      const server = await start({
        onRequest: ({ method, path }) => {
          if (!isGone || method !== 'PATCH' || !path.includes('/httproutes/')) return;
          throw new Refused({
            code: 503,
            reason: 'ServiceUnavailable',
            message: 'the server is currently unable to handle the request',
          });
        },
      });
      await done(yes(server, 'old', '--apply'));
      await done(yes(server, 'next', '--canary', '10', '--apply'));
      isGone = true;
      const failed = await yes(server, 'next', '--promote');
      expect(failed.code).toBe(2);
      expect([versionOf(server, SERVICE), weight(server)]).toEqual(['2.0.0', 10]);
      isGone = false;
      await expectText(await yes(server, 'next', '--rollback', '--dry-run'), 'canary-rollback-of-promotion');
      await done(yes(server, 'next', '--promote'));
      expect([versionOf(server, SERVICE), weight(server), canaryParts(server)]).toEqual(['2.0.0', undefined, []]);
    },
    PATIENCE,
  );

  it(
    'whose pods serve another model than its template says gets no requests',
    async () => {
      const isCanary = ({ metadata }: Stored): boolean => metadata.name.includes('-canary-');
      const server = await start({
        answer: readyz((pod) =>
          modelsOf(pod).map((model) => (isCanary(pod) ? { ...model, digest: digestFor('another model') } : model)),
        ),
      });
      await done(yes(server, 'old', '--apply'));
      const { code, stderr } = await yes(server, 'next', '--canary', '10', '--apply');
      expect([code, stderr]).toEqual([1, expect.stringContaining('[DIGEST_MISMATCH]')]);
      expect(stderr).toContain(`${digestFor('another model').slice(7, 19)} there and`);
      expect(stderr).toContain('in the template of wine-quality-canary');
      expect(weight(server)).toBeUndefined();
    },
    PATIENCE,
  );

  it(
    'that is interrupted while its pods start goes on with the same command',
    async () => {
      let isSlow = true;
      const server = await start({
        pod: ({ metadata }) => (isSlow && metadata.name.includes('-canary-') ? isNeverReady() : becomesReady()),
      });
      await done(yes(server, 'old', '--apply'));
      const image = ['--image', imageOf('2.0.0')];
      const words = ['deploy', NEXT, '--env', 'prod', ...image, '--canary', '10', '--apply', '--yes'];
      const child = spawn(process.execPath, [CLI, ...words], { env: await kubectlEnv(server), detached: true });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        const isSaid = stderr.includes('Startup probe failed');
        stderr += text;
        // Once, as a terminal does: to every process of the group.
        if (!isSaid && text.includes('Startup probe failed') && child.pid !== undefined)
          process.kill(-child.pid, 'SIGINT');
      });
      expect(await new Promise((end) => child.once('close', end))).toBe(130);
      expect(stderr).toContain('run the same command again: it goes on from what the cluster holds');
      expect([canaryParts(server).length, weight(server)]).toEqual([CANARY_PLURALS.length, undefined]);
      isSlow = false;
      for (const { metadata } of objects(server, 'pods')) {
        const pods = CORE.find(({ kind }) => kind === 'Pod') as (typeof CORE)[number];
        if (metadata.name.includes('-canary-')) server.store.remove(pods, 'wine', metadata.name);
      }
      await done(yes(server, 'next', '--canary', '10', '--apply'));
      expect(weight(server)).toBe(10);
    },
    PATIENCE,
  );

  it(
    'is refused where it makes no sense, with what to do; nothing is changed',
    async () => {
      const server = await start();
      const refusal = async (work: Promise<CliRun>): Promise<readonly unknown[]> => {
        const { code, stderr } = await work;
        return [code, /\[([A-Z_]+)\]/.exec(stderr)?.[1]];
      };
      expect(await refusal(yes(server, 'next', '--canary', '10', '--apply'))).toEqual([2, 'NOT_DEPLOYED']);
      await done(yes(server, 'old', '--apply'));
      const before = changes(server).length;
      expect(await refusal(yes(server, 'old', '--canary', '10', '--apply'))).toEqual([1, 'CANARY_REFUSED']);
      expect(await refusal(yes(server, 'old', '--rollback'))).toEqual([2, 'NOT_DEPLOYED']);
      expect(await refusal(run(server, 'next', '--canary', '10', '--apply'))).toEqual([2, 'PROMPT_UNAVAILABLE']);
      for (const flags of [
        ['--promote', '--rollback'],
        ['--promote', '--canary', '10'],
        ['--canary', '10', '--yes'],
        ['--canary', '10', '--apply', '--diff'],
        ['--rollback', '--out', 'x'],
      ]) {
        expect([flags, await refusal(run(server, 'next', ...flags))]).toEqual([flags, [2, 'USAGE']]);
      }
      expect(changes(server)).toHaveLength(before);
      await done(yes(server, 'next', '--canary', '10', '--apply'));
      const applied = await yes(server, 'next', '--apply');
      expect([applied.code, applied.stderr]).toEqual([
        1,
        expect.stringContaining('a canary runs (wine-quality-canary)'),
      ]);
      expect(weight(server)).toBe(10);
      const other = await yes(server, 'old', '--promote');
      expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('the canary is 2.0.0 (')]);
    },
    PATIENCE,
  );
});

describeWithKubectl('mlserve deploy --rollback without a canary', () => {
  it(
    'brings back the revision before, says which that is, and never goes forward again',
    async () => {
      const server = await start();
      await done(yes(server, 'old', '--apply'));
      await done(yes(server, 'next', '--apply'));
      expect(versionOf(server, SERVICE)).toBe('2.0.0');
      await expectText(await run(server, 'next', '--rollback'), 'rollback-without-yes');
      await expectText(await yes(server, 'next', '--rollback'), 'rollback');
      expect(versionOf(server, SERVICE)).toBe('2.0.0-rc.1+build.7');
      const again = await yes(server, 'next', '--rollback');
      expect([again.code, again.stderr]).toEqual([
        2,
        expect.stringContaining('no earlier revision to go back to [NOT_DEPLOYED]'),
      ]);
      // What was applied meanwhile belongs to mlserve still: the next apply has no conflict.
      await done(yes(server, 'next', '--apply'));
      expect(versionOf(server, SERVICE)).toBe('2.0.0');
      expect(named(server, 'deployments', SERVICE)?.metadata.annotations).not.toHaveProperty([
        'mlserve.dev/rolled-back-from',
      ]);
    },
    PATIENCE,
  );

  it(
    'does not take over fields that somebody else has set since',
    async () => {
      const server = await start();
      await done(yes(server, 'old', '--apply'));
      await done(yes(server, 'next', '--apply'));
      const path = `${server.url}/apis/apps/v1/namespaces/wine/deployments/${SERVICE}?fieldManager=somebody`;
      const body = JSON.stringify({
        spec: { template: { metadata: { annotations: { 'mlserve.dev/service-version': '9.9.9' } } } },
      });
      await fetch(path, { method: 'PATCH', headers: { 'content-type': 'application/merge-patch+json' }, body });
      const { code, stderr } = await yes(server, 'next', '--rollback');
      expect([code, stderr]).toEqual([2, expect.stringContaining('somebody')]);
      expect(versionOf(server, SERVICE)).toBe('9.9.9');
    },
    PATIENCE,
  );
});

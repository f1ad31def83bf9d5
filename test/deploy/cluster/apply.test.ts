import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { describeWithKubectl } from '../../support/kube/kubectl.ts';
import { copyProject, IMAGE, projectPath } from '../../support/projects.ts';
import { runCli } from '../../support/run-cli.ts';
import { digestFor } from '../../support/sample-lock.ts';
import { startServer } from '../../support/served.ts';
import { apply, cluster, deploy, expectTranscript, PATIENCE } from './support.ts';

const NEXT_IMAGE = IMAGE.replace(':7@', ':8@').replace(digestFor('image'), digestFor('next image'));

describeWithKubectl('mlserve deploy --apply', () => {
  it(
    'applies, waits, and proves that the pods serve what is locked: asked of a real server of the project',
    async () => {
      const real = await startServer(projectPath('plain/iris'));
      onTestFinished(() => void real.stop());
      const server = await cluster({
        answer: async ({ path }) => {
          const answer = await fetch(`${real.url}${path}`);
          return { status: answer.status, body: await answer.text() };
        },
      });
      await expectTranscript(await apply(server), 'first');
      const again = await deploy(server, ['--apply']);
      await expectTranscript(again, 'again');
      expect(server.requests.filter((each) => each.startsWith('DELETE'))).toEqual([]);
    },
    PATIENCE,
  );

  it(
    'rolls a new image out with one pod beside the old one, after saying which lines change',
    async () => {
      const server = await cluster();
      await apply(server);
      await expectTranscript(await apply(server, ['--image', NEXT_IMAGE, '--diff']), 'update');
      expect(server.store.list('pods', 'iris-dev')).toHaveLength(1);
      expect(server.store.list('replicasets', 'iris-dev')).toHaveLength(2);
    },
    PATIENCE,
  );

  it(
    'changes nothing with --dry-run, nor with --diff alone, and writes no files',
    async () => {
      const server = await cluster();
      const project = await copyProject('plain/iris');
      await expectTranscript(await apply(server, ['--dry-run'], project), 'dry-run');
      await expectTranscript(await deploy(server, ['--diff'], project), 'diff');
      expect(server.store.list('deployments')).toEqual([]);
      await expect(readFile(join(project, 'deploy/kustomize/.mlserve.json'))).rejects.toThrow();
      await apply(server);
      const same = await deploy(server, ['--diff', '--json']);
      const { changes, ...facts } = JSON.parse(same.stdout) as { changes: { change: string }[]; context: string };
      expect(new Set(changes.map(({ change }) => change))).toEqual(new Set(['same']));
      expect(facts).toMatchObject({
        environment: 'dev',
        context: 'test',
        server: server.url,
        namespace: 'iris-dev',
        image: IMAGE,
      });
    },
    PATIENCE,
  );

  it(
    'prints the result as JSON, with the digest of each pod',
    async () => {
      const { code, stdout, stderr } = await apply(await cluster(), ['--json']);
      expect([code, stderr]).toEqual([0, '']);
      const { rollout } = JSON.parse(stdout) as { rollout: { pods: { pod: string; models: { digest: string }[] }[] } };
      const lock = JSON.parse(await readFile(join(projectPath('plain/iris'), 'mlserve.lock'), 'utf8'));
      expect(rollout.pods.map(({ models }) => models[0]?.digest)).toEqual([lock.models[0].digests.model]);
    },
    PATIENCE,
  );

  it(
    'waits at the first apply for as many pods as the autoscaler wants at least, and asks each',
    async () => {
      const server = await cluster({ namespaces: ['iris'] });
      const { code, stdout, stderr } = await apply(server, ['--env', 'prod', '--json']);
      expect([code, stderr]).toEqual([0, '']);
      const { rollout } = JSON.parse(stdout) as { rollout: { pods: { pod: string }[] } };
      const pods = server.store.list('pods', 'iris').map(({ metadata }) => metadata.name);
      expect(pods).toHaveLength(2);
      expect(rollout.pods.map(({ pod }) => pod).sort()).toEqual(pods.sort());
    },
    PATIENCE,
  );

  it(
    'keeps two services in one namespace apart, in objects, pods and proof',
    async () => {
      const server = await cluster({ namespaces: ['shared'] });
      const shared = ['--namespace', 'shared', '--env', 'prod'];
      const runs = [await apply(server, shared), await apply(server, shared, projectPath('several/digits'))];
      expect(runs.map(({ code, stdout }) => [code, stdout.includes('deployed = built')])).toEqual([
        [0, true],
        [0, true],
      ]);
      expect(runs[1]?.stdout).toContain('digits 3.0.0');
      expect(runs[1]?.stdout).not.toContain('iris');
      for (const plural of ['horizontalpodautoscalers', 'poddisruptionbudgets', 'prometheusrules']) {
        expect(server.store.list(plural, 'shared')).toHaveLength(2);
      }
      expect(server.store.list('deployments').map(({ metadata }) => metadata.name)).toEqual(['iris', 'digits']);
    },
    PATIENCE,
  );

  it(
    'takes a version with + and a name at the limit, which the API server judges',
    async () => {
      const name = `n${'a'.repeat(61)}z`;
      const project = await copyProject('plain/iris');
      const rename = async (file: string): Promise<void> => {
        const text = await readFile(join(project, file), 'utf8');
        const config = text
          .replace('name: iris\n', `name: ${name}\n`)
          .replace('version: 1.4.0\n', 'version: 1.4.0+7\n');
        await writeFile(join(project, file), config);
      };
      await rename('mlserve.yaml');
      const env = { cwd: project };
      expect((await runCli(['lock', '.'], env)).code).toBe(0);
      const server = await cluster({ namespaces: ['ml'] });
      const run = await apply(server, ['--namespace', 'ml', '--env', 'dev'], project);
      expect([run.code, run.stderr]).toEqual([0, expect.stringContaining('applied 7 objects')]);
      const names = server.store.list('configmaps').map(({ metadata }) => metadata.name);
      expect(Math.max(...names.map((each) => each.length))).toBeGreaterThan(60);
    },
    PATIENCE,
  );
});

/** `MLSERVE_OUTPUT_FILE`: what the commands that change a cluster, or fail to, append to it. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { holdResult } from '../../support/json-contract.ts';
import { describeWithKubectl, kubectlEnv } from '../../support/kube/kubectl.ts';
import { crashLoops } from '../../support/kube/kubelet.ts';
import { IMAGE, projectPath } from '../../support/projects.ts';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp.ts';
import { cluster } from './support.ts';

const PATIENCE = 300_000;

interface Model {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
}
interface Event {
  readonly command: string;
  readonly exitCode: number;
  readonly models: readonly Model[];
  readonly error?: { readonly code: string; readonly issues?: readonly { readonly rule: string }[] };
}

/** The project wine at two versions, the server of a test, and the events of what was run against it. */
async function shop(script: Parameters<typeof cluster>[0] = {}) {
  const server = await cluster({ namespaces: ['wine'], ...script });
  const old = projectPath('guarded/wine');
  const next = await tempFolder();
  await cp(old, next, { recursive: true });
  const written = join(next, 'mlserve.yaml');
  await writeFile(written, (await readFile(written, 'utf8')).replace(/^version: .*$/m, 'version: 2.0.0'));
  expect(await runCli(['lock'], { cwd: next })).toMatchObject({ code: 0 });
  const file = join(await tempFolder(), 'events.ndjson');
  const cwd = await tempFolder();
  const run = async (project: string, ...args: readonly string[]) => {
    const env = { ...(await kubectlEnv(server)), MLSERVE_OUTPUT_FILE: file };
    return runCli([...args, project, '--env', 'prod'], { cwd, env });
  };
  const deploy = (project: string, ...args: readonly string[]) =>
    run(project, 'deploy', '--image', IMAGE, '--yes', ...args);
  const events = async (): Promise<readonly Event[]> => {
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    return lines.map((line) => {
      const event: unknown = JSON.parse(line);
      holdResult('event', event);
      return event as Event;
    });
  };
  return { old, next, run, deploy, events };
}

/** As the lock of a project records them. */
async function lockedIn(project: string): Promise<readonly Model[]> {
  const { models } = JSON.parse(await readFile(join(project, 'mlserve.lock'), 'utf8')) as {
    readonly models: readonly (Omit<Model, 'digest'> & { readonly digests: { readonly model: string } })[];
  };
  return models.map(({ name, version, digests }) => ({ name, version, digest: digests.model }));
}

describeWithKubectl('MLSERVE_OUTPUT_FILE of what is said to a cluster', () => {
  it(
    'names the models that were applied, and those of a canary, its promotion and the way back',
    async () => {
      const { old, next, run, deploy, events } = await shop();
      await deploy(old, '--apply');
      await deploy(next, '--apply', '--canary', '10');
      await run(next, 'status', '--kube');
      await deploy(next, '--promote');
      await deploy(old, '--rollback');
      const [before, after] = [await lockedIn(old), await lockedIn(next)];
      expect(before).not.toEqual(after);
      const all = await events();
      expect(all.map(({ command, exitCode }) => [command, exitCode])).toEqual([
        ['deploy', 0],
        ['deploy', 0],
        ['status', 0],
        ['deploy', 0],
        ['deploy', 0],
      ]);
      const [applied, canary, status, promoted, back] = all.map(({ models }) => models);
      expect(applied).toEqual(before);
      expect(canary).toEqual(after);
      expect(new Set(status)).toEqual(new Set([...before, ...after]));
      expect(promoted).toEqual(after);
      expect(back).toEqual(before);
    },
    PATIENCE,
  );

  it(
    'has the error and its findings where a rollout fails, and no result that names a model',
    async () => {
      const { old, deploy, events } = await shop({ pod: () => crashLoops('no memory') });
      await deploy(old, '--apply', '--timeout', '20s');
      // One of each pod that there was by then.
      const issues = expect.arrayContaining([expect.objectContaining({ rule: 'rollout.crash' })]);
      expect(await events()).toMatchObject([
        {
          command: 'deploy',
          exitCode: 1,
          error: { code: 'ROLLOUT_FAILED', issues },
          models: [],
        },
      ]);
    },
    PATIENCE,
  );
});

import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { DOCKER_HOST, describeWithEngine, REGISTRY } from '../image/engine/support.ts';
import { fixturePath } from '../support/fixtures.ts';
import { tempFolder } from '../support/temp.ts';
import { runWorkflow, type StepRun, type WorkflowRun } from './runner.ts';

/** The packed package, as npm would get it. */
const { MLSERVE_TEST_PACKAGE = '' } = process.env;

interface Repository {
  readonly home: string;
  readonly folder: string;
  /** As the CLI that people have at their desk. */
  mlserve(...args: readonly string[]): string;
  git(...args: readonly string[]): string;
  commit(message: string): void;
  run(event: 'push' | 'pull_request'): Promise<WorkflowRun & { readonly comments: readonly string[] }>;
}

/** A repository with one service and its workflow, an origin, and tools that stand in for what only GitHub has. */
async function repository(): Promise<Repository> {
  const home = await tempFolder();
  const [folder, origin, tools, npm] = ['work', 'origin.git', 'tools', 'npm'].map((name) => join(home, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const path of [folder, tools, npm]) mkdirSync(path);
  const comments = join(home, 'comments');
  // Everything after the flags is the file with the comment.
  writeFileSync(
    join(tools, 'gh'),
    `#!/bin/sh\nfor last; do :; done\ncat "$last" >> '${comments}'\nprintf '\\0' >> '${comments}'\n`,
  );
  chmodSync(join(tools, 'gh'), 0o755);
  const env = {
    // How npm gets at packages is the machine's affair.
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MLSERVE|VITEST|GITHUB)_/.test(name))),
    PATH: [join(npm, 'bin'), tools, process.env.PATH].join(delimiter),
    npm_config_prefix: npm,
    DOCKER_HOST,
    DOCKER_CONFIG: join(home, 'docker'),
  } as Record<string, string>;
  const exec = (file: string, args: readonly string[], cwd: string): string =>
    execFileSync(file, args, {
      cwd,
      env: { ...env, ...IDENTITY },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  exec('npm', ['install', '--global', '--no-audit', '--no-fund', MLSERVE_TEST_PACKAGE], home);
  exec('git', ['init', '--quiet', '--bare', '--initial-branch=main', origin], home);
  exec('git', ['clone', '--quiet', origin, folder], home);
  const git = (...args: readonly string[]): string => exec('git', args, folder);
  const mlserve = (...args: readonly string[]): string => exec('mlserve', args, join(folder, 'digits'));
  exec('mlserve', ['init', 'digits', '--model', fixturePath('real/digits-mlp'), '--yes'], folder);
  mlserve('ci', 'init', 'github', '--image', `${REGISTRY}/team/digits`);
  const commit = (message: string): void => {
    git('add', '--all');
    git('commit', '--quiet', '--message', message);
  };
  git('checkout', '--quiet', '-b', 'main');
  commit('a service');
  git('push', '--quiet', 'origin', 'main');
  const run: Repository['run'] = async (event) => {
    const temp = join(home, `run-${Math.random().toString(36).slice(2)}`);
    mkdirSync(temp);
    writeFileSync(comments, '');
    git('fetch', '--quiet', 'origin');
    const from = { head: { repo: { full_name: 'team/digits' } }, number: 7 };
    const result = await runWorkflow({
      workflow: readFileSync(join(folder, '.github/workflows/digits.yml'), 'utf8'),
      workspace: folder,
      temp,
      github: {
        ...{
          event_name: event,
          workflow: 'digits',
          ref: 'refs/heads/main',
          repository: 'team/digits',
          actor: 'ada',
          token: 'none',
        },
        ...(event === 'pull_request' ? { base_ref: 'main', event: { pull_request: from } } : {}),
      },
      secrets: { REGISTRY_USER: 'ada', REGISTRY_PASSWORD: 'any' },
      env: { ...env, CLI: MLSERVE_TEST_PACKAGE, MLSERVE_IMAGE_BASE: `${REGISTRY}/node:24-bookworm-slim` },
    });
    const said = readFileSync(comments, 'utf8').split('\0').slice(0, -1);
    return { ...result, comments: said };
  };
  return { home, folder, mlserve, git, commit, run };
}

const IDENTITY = {
  ...{ GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com' },
  ...{ GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' },
};

function outcomes(steps: readonly StepRun[]): string {
  return steps.map(({ job, name, outcome }) => `${job} / ${name}: ${outcome}`).join('\n');
}

const failures = (steps: readonly StepRun[]): string =>
  steps
    .filter(({ outcome }) => outcome === 'failure')
    .map(({ name, output }) => `${name}:\n${output}`)
    .join('\n');

function setVersion(folder: string, version: string): void {
  const file = join(folder, 'digits/mlserve.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^version: .*$/m, `version: ${version}`));
}

/** Another model that answers the same: the lowest bit of one weight, in the middle of the file. */
function changeWeights(folder: string): void {
  const file = join(folder, 'digits/models/digits.onnx');
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length / 8) * 4;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

describeWithEngine('the pipeline of a project, step by step as GitHub would run it', () => {
  it('ships a service, then a model of other weights with a patch, and stops one of another interface until the major version says so', {
    timeout: 1_200_000,
  }, async () => {
    const { folder, mlserve, git, commit, run } = await repository();
    const shipped = await run('push');
    expect(failures(shipped.steps)).toBe('');
    expect(outcomes(shipped.steps)).toContain('image / Build, try and push: success');
    const { image, digest, version } = shipped.outputs.image ?? {};
    expect(image).toMatch(new RegExp(`^${REGISTRY}/team/digits(:1.0.0)?@sha256:[0-9a-f]{64}$`));
    expect([digest, version]).toEqual([image?.split('@')[1], '1.0.0']);
    expect(shipped.steps.at(-1)).toMatchObject({ name: 'What the cluster would change', outcome: 'skipped' });

    git('checkout', '--quiet', '-b', 'weights');
    changeWeights(folder);
    mlserve('lock');
    commit('other weights');
    const tooSmall = await run('pull_request');
    expect(outcomes(tooSmall.steps)).toContain('check / Diff: failure');
    expect(tooSmall.comments.join('')).toMatch(/weights only/i);
    setVersion(folder, '1.0.1');
    mlserve('lock');
    commit('a patch');
    const patched = await run('pull_request');
    expect(failures(patched.steps)).toBe('');
    expect(patched.comments).toHaveLength(1);
    git('push', '--quiet', 'origin', 'weights:main');
    const again = await run('push');
    expect(failures(again.steps)).toBe('');
    expect(again.outputs.image?.version).toBe('1.0.1');
    expect(again.outputs.image?.digest).not.toBe(digest);

    git('checkout', '--quiet', '-b', 'interface');
    copyFileSync(fixturePath('real/wine'), join(folder, 'digits/models/digits.onnx'));
    mlserve('init', '.', '--model', 'models/digits.onnx', '--name', 'digits', '--yes', '--force');
    setVersion(folder, '1.1.0');
    mlserve('lock');
    commit('another model');
    const refused = await run('pull_request');
    expect(outcomes(refused.steps)).toContain('check / Diff: failure');
    expect(refused.comments.join('')).toMatch(/major/);
    expect(refused.steps.some(({ job }) => job === 'image')).toBe(false);
    setVersion(folder, '2.0.0');
    mlserve('lock');
    commit('a new interface');
    const accepted = await run('pull_request');
    expect(failures(accepted.steps)).toBe('');
  });
});

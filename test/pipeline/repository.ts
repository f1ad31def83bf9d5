/** A repository with one service and its workflow, an origin, and tools that stand in for what only GitHub has → runs of the workflow in it. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fixturePath } from '../support/fixtures.ts';
import { CLI } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp.ts';
import type { GithubApi } from './github-api.ts';
import { runWorkflow, type StepRun, type WorkflowRun } from './runner.ts';

export interface Repository {
  readonly folder: string;
  /** Of every process in it. */
  readonly env: Readonly<Record<string, string>>;
  /** As the CLI that people have at their desk, in the folder of the service. */
  mlserve(...args: readonly string[]): string;
  git(...args: readonly string[]): string;
  commit(message: string): void;
  run(event: 'push' | 'pull_request'): Promise<RepositoryRun>;
}

export interface RepositoryRun extends WorkflowRun {
  /** The runner's folder for files. */
  readonly temp: string;
  readonly comments: readonly Comment[];
}

export interface Comment {
  readonly id: number;
  readonly user: { readonly login: string };
  readonly body: string;
}

export interface RepositoryOptions {
  /** Packed package that npm installs; without it nothing is installed, and the CLI is the one of this checkout. */
  readonly archive?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Other programs that stand in: name → what a shell runs. */
  readonly tools?: Readonly<Record<string, string>>;
  readonly ciInit: readonly string[];
  /** Comments on the pull request before the first run. */
  readonly comments?: readonly Comment[];
  /** What the gh of this machine asks; without it a program stands in for gh. */
  readonly github?: Pick<GithubApi, 'env' | 'comments'>;
}

/** Of the job. */
export const TOKEN = 'none';

const IDENTITY = {
  ...{ GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com' },
  ...{ GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' },
};

/** The service is `digits`, in a folder of that name; the commit before it has the tag `empty`. */
export async function repository(options: RepositoryOptions): Promise<Repository> {
  const home = await tempFolder();
  const [folder, origin, tools, npm] = ['work', 'origin.git', 'tools', 'npm'].map((name) => join(home, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const path of [folder, tools, npm]) mkdirSync(path);
  const comments = join(home, 'comments.json');
  writeFileSync(comments, JSON.stringify(options.comments ?? []));
  const program = (name: string, line: string): void => {
    writeFileSync(join(tools, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(tools, name), 0o755);
  };
  if (options.github === undefined)
    program('gh', `exec '${process.execPath}' '${resolve(import.meta.dirname, 'gh.js')}' "$@"`);
  for (const [name, line] of Object.entries(options.tools ?? {})) program(name, line);
  if (options.archive === undefined) {
    program('npm', ':');
    program('mlserve', `exec '${process.execPath}' '${CLI}' "$@"`);
  }
  const env = {
    // How npm gets at packages is the machine's affair.
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MLSERVE|VITEST|GITHUB)_/.test(name))),
    PATH: [join(npm, 'bin'), tools, process.env.PATH].join(delimiter),
    ...{ npm_config_prefix: npm, DOCKER_CONFIG: join(home, 'docker'), TEST_COMMENTS: comments },
    ...options.github?.env,
    ...options.env,
  } as Record<string, string>;
  const exec = (file: string, args: readonly string[], cwd: string): string =>
    execFileSync(file, args, {
      cwd,
      env: { ...env, ...IDENTITY },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  if (options.archive !== undefined)
    exec('npm', ['install', '--global', '--no-audit', '--no-fund', options.archive], home);
  exec('git', ['init', '--quiet', '--bare', '--initial-branch=main', origin], home);
  exec('git', ['clone', '--quiet', origin, folder], home);
  const git = (...args: readonly string[]): string => exec('git', args, folder);
  const mlserve = (...args: readonly string[]): string => exec('mlserve', args, join(folder, 'digits'));
  const commit = (message: string): void => {
    git('add', '--all');
    git('commit', '--quiet', '--message', message);
  };
  git('checkout', '--quiet', '-b', 'main');
  git('commit', '--quiet', '--allow-empty', '--message', 'nothing');
  git('tag', 'empty');
  exec('mlserve', ['init', 'digits', '--model', fixturePath('real/digits-mlp'), '--yes'], folder);
  mlserve('ci', 'init', ...options.ciInit);
  commit('a service');
  git('push', '--quiet', 'origin', 'main');
  const run: Repository['run'] = async (event) => {
    const temp = join(home, `run-${Math.random().toString(36).slice(2)}`);
    mkdirSync(temp);
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
          token: TOKEN,
        },
        ...(event === 'pull_request' ? { base_ref: 'main', event: { pull_request: from } } : {}),
      },
      secrets: { REGISTRY_USER: 'ada', REGISTRY_PASSWORD: 'any' },
      env: { ...env, ...(options.archive === undefined ? {} : { CLI: options.archive }) },
    });
    const said = (): readonly Comment[] => JSON.parse(readFileSync(comments, 'utf8')) as readonly Comment[];
    return { ...result, temp, comments: (options.github?.comments ?? said)() };
  };
  return { folder, env, mlserve, git, commit, run };
}

export function outcomes(steps: readonly StepRun[]): string {
  return steps.map(({ job, name, outcome }) => `${job} / ${name}: ${outcome}`).join('\n');
}

export const failures = (steps: readonly StepRun[]): string =>
  steps
    .filter(({ outcome }) => outcome === 'failure')
    .map(({ name, output }) => `${name}:\n${output}`)
    .join('\n');

export function setVersion(folder: string, version: string): void {
  const file = join(folder, 'digits/mlserve.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^version: .*$/m, `version: ${version}`));
}

/** Another model that answers the same: the lowest bit of one weight, in the middle of the file. */
export function changeWeights(folder: string): void {
  change(folder, (bytes) => {
    const middle = Math.floor(bytes.length / 8) * 4;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  });
}

/** Another model of the same interface that answers otherwise, to zeros too: some weights of its second layer are those of others. */
export function trainAgain(folder: string): void {
  change(folder, (bytes) => bytes.copyWithin(9_200, 9_600, 10_000));
}

function change(folder: string, edit: (bytes: Buffer) => void): void {
  const file = join(folder, 'digits/models/digits.onnx');
  const bytes = readFileSync(file);
  edit(bytes);
  writeFileSync(file, bytes);
}

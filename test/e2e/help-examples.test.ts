/** Every example that `--help` shows, run as it stands. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaves } from '../support/commands.ts';
import { fixturePath } from '../support/fixtures.ts';
import { bareEnv, CLI } from '../support/run-cli.ts';
import { makeTemp } from '../support/temp.ts';

/** What this test has not got, so that the example fails; yet its words must be understood. */
const WANTS: Readonly<Record<string, string>> = {
  'mlserve init': 'a person who answers',
  'mlserve inspect fraud:1.4.0': 'an image',
  'mlserve build image': 'an engine',
  'mlserve build image --tag registry.example.com/fraud:1.4.0 --push --file-output build.json': 'an engine',
  'mlserve build image --eject image && docker build image': 'an engine',
  'mlserve status': 'a service',
  'mlserve status https://fraud.internal --ca ca.pem --json': 'a service',
  'mlserve status --kube --env staging': 'a cluster',
  'mlserve test --image fraud:1.4.0 --junit junit.xml': 'an engine',
  'mlserve test --no-local --url https://fraud.example.com --url grpcs://fraud.example.com:8443': 'a service',
  'mlserve bench --image fraud:1.4.0': 'an engine',
  'mlserve bench --url https://fraud.example.com': 'a service',
  'mlserve deploy': 'a build file',
  'mlserve deploy --format kustomize,helm': 'a build file',
  'mlserve deploy services/fraud --dry-run': 'a build file',
  'mlserve deploy --env staging --diff': 'a cluster',
  'mlserve deploy --env prod --apply --context prod-eu --yes': 'a cluster',
  'mlserve deploy --env prod --canary 10 --apply': 'a cluster',
  'mlserve deploy --env prod --promote': 'a cluster',
};
const DIGEST = `sha256:${'0'.repeat(64)}`;

let examples: readonly string[] = [];
let folder = '';
let env: Record<string, string> = {};

/** A service called fraud in a repository with two commits, the same below services/, rows for it, and the files that examples name. */
beforeAll(async () => {
  examples = await shownExamples();
  const home = await makeTemp();
  folder = join(home, 'fraud');
  const tools = join(home, 'tools');
  mkdirSync(tools);
  writeFileSync(join(tools, 'mlserve'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, { mode: 0o755 });
  // Neither an engine nor a cluster of the developer's is touched.
  env = bareEnv({ HOME: home, DOCKER_HOST: 'unix:///nonexistent', KUBECONFIG: join(home, 'none') });
  env.PATH = [tools, env.PATH].join(delimiter);
  const shell = (script: string, cwd = folder): string =>
    execFileSync('bash', ['-ec', script], { cwd, env, encoding: 'utf8', stdio: 'pipe' });
  shell(`mlserve init fraud --model '${fixturePath('real/iris')}' --yes`, home);
  const { request } = JSON.parse(readFileSync(join(folder, 'examples/golden.json'), 'utf8'));
  const [row] = request.instances as readonly Readonly<Record<string, number>>[];
  writeFileSync(join(folder, 'row.json'), JSON.stringify([row]));
  writeFileSync(join(folder, 'rows.csv'), `${Object.keys(row ?? {})}\n${Object.values(row ?? {})}\n`);
  for (const name of ['fraud', 'old', 'new']) cpSync(fixturePath('real/iris'), join(folder, `${name}.onnx`));
  cpSync(fixturePath('real/iris-zipmap'), join(folder, 'iris.onnx'));
  shell('mkdir -p services && mlserve init services/fraud --model fraud.onnx --name fraud --yes');
  shell(
    'mlserve predict -f rows.csv -o predictions.ndjson && mkdir -p .config/fish/completions ~/.config/fish/completions',
  );
  shell(
    'git init -q . && git config user.name Ada && git config user.email ada@example.com && git add -A && git commit -qm one && git commit -q --allow-empty -m two',
  );
}, 120_000);

afterAll(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

async function shownExamples(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { words } of await leaves()) {
    const { stdout } = spawnSync(process.execPath, [CLI, ...words, '--help'], { encoding: 'utf8', env: bareEnv() });
    const shown = [...stdout.matchAll(/^ {2}\$ (.+)$/gm)].map(([, line = '']) => line);
    expect(shown.length, `${words.join(' ')} shows an example`).toBeGreaterThan(0);
    found.push(...shown);
  }
  return found;
}

/**
 * As it stands, but that a service is told to stop, a digest is written out, the output has the name that it has here, and a load is short and
 * compared with nothing that a busy machine could fail.
 */
function runnable(example: string): string {
  const written = example.replace('sha256:…', DIGEST).replace('score:', 'probabilities:');
  if (written.startsWith('mlserve bench')) return `${written} --duration 300ms --threshold 9999%`;
  if (!written.startsWith('mlserve serve')) return written;
  return `timeout --preserve-status --signal=TERM 8 ${written.replace('mlserve serve', 'mlserve serve --port 0')}`;
}

describe('the examples of --help', () => {
  it('end well, or in what is not there on a bare machine, and never in a complaint about their words', {
    timeout: 600_000,
  }, () => {
    expect(examples.length).toBeGreaterThan(50);
    const ends: Record<string, string> = {};
    for (const example of examples) {
      const { status, stderr } = spawnSync('bash', ['-c', runnable(example)], { cwd: folder, env, encoding: 'utf8' });
      const isAsWanted = (status === 0) === !(example in WANTS);
      if (!isAsWanted || stderr.includes('[USAGE]')) ends[example] = `exit code ${status}: ${stderr}`;
    }
    expect(ends).toEqual({});
    expect(Object.keys(WANTS).filter((example) => !examples.includes(example))).toEqual([]);
  });
});

/** Commands that need no network, home, terminal or right to write: each without all of them at once. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { CLI, runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp.ts';

/** A network without an interface, and a user who owns nothing: both are for root to give. */
const WORDS = ['-n', 'setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
const IMAGE = `registry.example.com/iris:1.0.0@sha256:${'0'.repeat(64)}`;
/** mlserve starts Node again for what could bring a process down, so that user must be able to as well. */
const AGAIN = "process.exit(require('node:child_process').spawnSync(process.execPath, ['--version']).status ?? 1)";
const canDeny =
  spawnSync('unshare', [...WORDS, process.execPath, CLI, '--version']).status === 0 &&
  spawnSync('unshare', [...WORDS, process.execPath, '-e', AGAIN]).status === 0;

/** A project in which nobody may write, with rows to predict. */
async function readOnlyProject(): Promise<string> {
  const home = await tempFolder();
  const folder = join(home, 'iris');
  expect((await runCli(['init', 'iris', '--model', fixturePath('real/iris'), '--yes'], { cwd: home })).code).toBe(0);
  const golden = JSON.parse(await readFile(join(folder, 'examples/golden.json'), 'utf8'));
  await writeFile(join(folder, 'rows.json'), JSON.stringify(golden.request));
  for (const path of [dirname(folder), folder]) await chmod(path, 0o555);
  return folder;
}

function denied(words: readonly string[], cwd: string): SpawnSyncReturns<string> {
  return spawnSync('unshare', words, { cwd, env: { PATH: process.env.PATH ?? '' }, encoding: 'utf8', stdio: 'pipe' });
}

it
  .skipIf(!canDeny)
  .each([
    ['init', 'again', '--model', 'models/iris.onnx', '--yes', '--dry-run'],
    ['inspect', 'models/iris.onnx'],
    ['config'],
    ['lock', '--check'],
    ['validate', '--frozen'],
    ['test'],
    ['diff', '.', 'models/iris.onnx'],
    ['diff', 'models/iris.onnx', 'models/iris.onnx', '--markdown'],
    ['measure', '--dry-run', '--duration', '1s'],
    ['predict', '-f', 'rows.json'],
    ['key', 'create', '--name', 'shop'],
    ['build', 'image', '--print'],
    ['build', 'image', '--dry-run'],
    ['doctor'],
    ['ci', 'init', 'github', '--dry-run'],
    ['schema', 'lock'],
    ['completion', 'bash'],
    ['deploy', '--dry-run', '--image', IMAGE],
  ])(
  'mlserve %s works without network, home, terminal and the right to write',
  { timeout: 120_000 },
  async (...args) => {
    const folder = await readOnlyProject();
    const before = await readdir(folder, { recursive: true });
    const { status, stdout, stderr } = denied([...WORDS, process.execPath, CLI, ...args], folder);
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).not.toBe('');
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  },
);

/** Serves the project, has another process of mlserve ask it for its golden examples and its state, and stops it. */
const SERVE_AND_ASK = `
  const { spawn, spawnSync } = require('node:child_process');
  const [cli] = process.argv.slice(1);
  const server = spawn(process.execPath, [cli, 'serve', '--port', '0', '--frozen']);
  let log = '';
  let isAsked = false;
  server.stderr.on('data', (chunk) => process.stderr.write(chunk));
  server.stdout.on('data', (chunk) => {
    log += chunk;
    const url = /is ready on (http:\\S+)/.exec(log)?.[1];
    if (url === undefined || isAsked) return;
    isAsked = true;
    for (const args of [['test', '--no-local', '--url', url], ['status', url]]) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
      console.log(args[0], status, stdout + stderr);
    }
    server.kill('SIGTERM');
  });
  server.once('exit', (code) => console.log('serve', code));
`;
const UP = ['-n', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...WORDS.slice(1)];
const hasLoopback = canDeny && spawnSync('unshare', [...UP, 'true']).status === 0;

it.skipIf(!hasLoopback)(
  'mlserve serve answers on loopback where there is no other network, home, terminal and right to write',
  { timeout: 120_000 },
  async () => {
    const { stdout, stderr } = denied([...UP, process.execPath, '-e', SERVE_AND_ASK, CLI], await readOnlyProject());
    expect(stdout, stderr).toMatch(/^test 0 [\s\S]*passed[\s\S]*^status 0 [\s\S]*ready[\s\S]*^serve 0$/m);
  },
);

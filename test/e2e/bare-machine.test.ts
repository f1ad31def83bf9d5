/** Commands that need no network, home, terminal or right to write: each without all of them at once. */
import { spawnSync } from 'node:child_process';
import { chmod, cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { projectPath } from '../support/projects.ts';
import { CLI } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp.ts';

/** A network without an interface, and a user who owns nothing: both are for root to give. */
const WORDS = ['-n', 'setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
const IMAGE = `registry.example.com/iris:1.0.0@sha256:${'0'.repeat(64)}`;
/** mlserve starts Node again for what could bring a process down, so that user must be able to as well. */
const AGAIN = "process.exit(require('node:child_process').spawnSync(process.execPath, ['--version']).status ?? 1)";
const canDeny =
  spawnSync('unshare', [...WORDS, process.execPath, CLI, '--version']).status === 0 &&
  spawnSync('unshare', [...WORDS, process.execPath, '-e', AGAIN]).status === 0;

it
  .skipIf(!canDeny)
  .each([
    ['inspect', 'models/iris.onnx'],
    ['config'],
    ['lock', '--check'],
    ['validate', '--frozen'],
    ['schema', 'lock'],
    ['completion', 'bash'],
    ['deploy', '--dry-run', '--image', IMAGE],
  ])(
  'mlserve %s works without network, home, terminal and the right to write',
  { timeout: 120_000 },
  async (...args) => {
    const folder = join(await tempFolder(), 'project');
    await cp(projectPath('plain/iris'), folder, { recursive: true });
    for (const path of [dirname(folder), folder]) await chmod(path, 0o555);
    const options = { cwd: folder, env: { PATH: process.env.PATH ?? '' }, encoding: 'utf8', stdio: 'pipe' } as const;
    const { status, stdout, stderr } = spawnSync('unshare', [...WORDS, process.execPath, CLI, ...args], options);
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).not.toBe('');
  },
);

import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { copyProject } from '../support/projects.ts';
import { CLI, type CliRun, runCli } from '../support/run-cli.ts';

/** What this machine does not run. */
const FOREIGN = process.arch === 'arm64' ? 'linux/amd64' : 'linux/arm64';
const OWN = FOREIGN === 'linux/arm64' ? 'linux/amd64' : 'linux/arm64';

const build = (cwd: string, ...args: readonly string[]): Promise<CliRun> =>
  runCli(['build', 'image', ...args], { cwd });

describe('an image that is not built', () => {
  it('has one Dockerfile for one platform, so that none of several is left out in silence', async () => {
    const folder = await copyProject('plain/iris');
    for (const args of [['--print'], ['--eject', 'image']]) {
      const run = await build(folder, '--platform', 'linux/amd64,linux/arm64', ...args);
      expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('a Dockerfile is for one platform') });
    }
    await expect(stat(join(folder, 'image'))).rejects.toMatchObject({ code: 'ENOENT' });
  }, 60_000);

  it('is planned for every platform that is named', async () => {
    const folder = await copyProject('plain/iris');
    const run = await build(folder, '--platform', 'linux/amd64,linux/arm64', '--dry-run', '--json');
    const { platforms } = JSON.parse(run.stdout) as { platforms: { platform: string; contextBytes: number }[] };
    expect(platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(platforms.every(({ contextBytes }) => contextBytes > 10e6)).toBe(true);
    const text = await build(folder, '--platform', 'linux/amd64,linux/arm64', '--dry-run');
    expect(text.stdout.match(/^would build .* for linux\/\w+ from/gm)).toHaveLength(2);
  }, 60_000);

  it('is larger than its limit all the same', async () => {
    const folder = await copyProject('plain/iris');
    const run = await build(folder, '--dry-run', '--max-size', '1MB');
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('[IMAGE_TOO_LARGE]') });
  }, 60_000);

  it('writes nothing where the plan alone is wanted', async () => {
    const folder = await copyProject('plain/iris');
    const run = await build(folder, '--dry-run', '--eject', 'image');
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('--eject') });
    await expect(stat(join(folder, 'image'))).rejects.toMatchObject({ code: 'ENOENT' });
  }, 60_000);

  it('has no result to write: flags that ask for one are refused, but of a plan', async () => {
    const folder = await copyProject('plain/iris');
    for (const flag of ['--file-output', '--sbom']) {
      for (const way of [['--print'], ['--eject', 'image']]) {
        const run = await build(folder, ...way, flag, 'result.json');
        expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining(flag) });
      }
      expect(await build(folder, '--dry-run', flag, 'result.json')).toMatchObject({ code: 0 });
      await expect(stat(join(folder, 'result.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    }
  }, 60_000);

  it('names its folder as a shell takes it', async () => {
    const folder = await copyProject('plain/iris');
    const { stdout } = await build(folder, '--eject', 'an image');
    expect(stdout).toMatch(/docker build -t \S+ 'an image'/);
  }, 60_000);

  it('names the platforms of both stages where it is for another processor than that of this machine', async () => {
    const folder = await copyProject('plain/iris');
    await build(folder, '--platform', FOREIGN, '--eject', 'image');
    const text = await readFile(join(folder, 'image/Dockerfile'), 'utf8');
    expect(text.match(/^FROM .*/gm)).toEqual([
      `FROM --platform=${OWN} node:24-bookworm-slim AS verify`,
      `FROM --platform=${FOREIGN} node:24-bookworm-slim AS runtime`,
    ]);
    expect(text).toContain(`"verify","/verified","${FOREIGN}","${OWN}"`);
  }, 60_000);

  it('is written as the files of an image are, whatever the umask', async () => {
    const folder = await copyProject('plain/iris');
    const shell = 'umask 077; exec "$0" "$@"';
    await promisify(execFile)('sh', ['-c', shell, process.execPath, CLI, 'build', 'image', '--eject', 'image'], {
      cwd: folder,
    });
    const home = join(folder, 'image');
    const seen = new Set<string>();
    for (const path of await readdir(home, { recursive: true })) {
      const { mode, mtimeMs } = await stat(join(home, path));
      seen.add(`${(mode & 0o7777).toString(8)} ${mtimeMs}`);
    }
    expect([...seen].sort()).toEqual(['644 0', '755 0']);
  }, 60_000);
});

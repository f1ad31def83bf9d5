/** The command line as a contract: version, help, usage errors, their streams and exit codes. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { bareEnv, CLI, runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp.ts';

const cwd = import.meta.dirname;
const ROOT = join(cwd, '../..');

/** The files that a command line loads, by what V8 says it ran. */
async function loadedBy(args: readonly string[]): Promise<readonly string[]> {
  const folder = await tempFolder();
  await runCli(args, { cwd, env: { NODE_V8_COVERAGE: folder } });
  const [report = ''] = readdirSync(folder);
  const { result } = JSON.parse(readFileSync(join(folder, report), 'utf8')) as { result: { url: string }[] };
  const files = result.filter(({ url }) => url.startsWith('file:')).map(({ url }) => fileURLToPath(url));
  return files.map((file) => relative(ROOT, file)).sort();
}

describe('the command line', () => {
  it('prints the version to stdout and nothing else', async () => {
    expect(await runCli(['--version'], { cwd })).toEqual({ code: 0, stdout: `mlserve ${VERSION}\n`, stderr: '' });
  });

  it('prints help to stdout when asked, with every command', async () => {
    const { code, stdout, stderr } = await runCli(['--help'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of ['init', 'inspect', 'validate', 'lock', 'config', 'serve', 'predict', 'fix']) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    }
  });

  it('answers a bare "mlserve" with help on stderr and exit code 2', async () => {
    const { code, stdout, stderr } = await runCli([], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: mlserve');
  });

  it('names the command that was probably meant', async () => {
    const { code, stdout, stderr } = await runCli(['servee'], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("unknown command 'servee'");
    expect(stderr).toContain('Did you mean serve?');
    expect(stderr).toContain('[USAGE]');
  });

  it('names a mistyped flag without what was given to it, which may be a secret', async () => {
    const { code, stderr } = await runCli(['test', '--api-kye=S3CRET'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("unknown option '--api-kye'");
    expect(stderr).not.toContain('S3CRET');
  });

  it('says the same to "help serve" as to "serve --help", with the flags', async () => {
    const asked = await runCli(['help', 'serve'], { cwd });
    expect(asked).toEqual(await runCli(['serve', '--help'], { cwd }));
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout).toMatch(/^ {2}--port <number>/m);
    expect((await runCli(['help', 'fix', 'zipmap'], { cwd })).stdout).toMatch(/^ {2}-o, --output <file>/m);
    expect(await runCli(['help'], { cwd })).toEqual(await runCli(['--help'], { cwd }));
  });

  it('knows no help for a command that does not exist', async () => {
    const { code, stdout, stderr } = await runCli(['help', 'servee'], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Did you mean serve?');
  });

  it('lists the commands below one that does nothing by itself', async () => {
    const { code, stderr } = await runCli(['fix'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ {2}zipmap\b/m);
  });

  it('names the flag that was probably meant, and the value that is wrong', async () => {
    const { code, stderr } = await runCli(['serve', '--prot', '80'], { cwd });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean --port?') });
    expect((await runCli(['serve', '--port', '70000'], { cwd })).stderr).toContain('a number from 0 to 65535');
  });

  it.each(['--print --eject x', '--print --push', '--eject x --push'])(
    'refuses "mlserve build image %s", of which one flag would be ignored',
    async (flags) => {
      const { code, stderr } = await runCli(['build', 'image', ...flags.split(' ')], { cwd });
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be used with') });
    },
  );

  it.each(['test --junit x --sarif ./x', 'bench --output x --html ./x', 'build image --file-output x --sbom ./x'])(
    'refuses "mlserve %s", of which one result would be lost, before it looks for a project',
    async (line) => {
      const folder = await tempFolder();
      const { code, stderr } = await runCli(line.split(' '), { cwd: folder });
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('name the same file') });
      expect(stderr).toContain('[USAGE]');
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it.each([['--version'], ['--help'], ['servee'], ['serve --help'], ['serve --prot 80']])(
    'loads two files to answer "mlserve %s"',
    async (line) => {
      expect(await loadedBy(line.split(' '))).toEqual(['bin/mlserve.js', 'dist/start.js']);
    },
  );

  it('prints errors as JSON on stdout with --json', async () => {
    const { code, stdout, stderr } = await runCli(['inspect', 'no-such.onnx', '--json'], { cwd });
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'FILE_NOT_FOUND' } });
  });

  it.skipIf(!existsSync('/dev/full'))(
    'says in one line that standard output cannot be written, with exit code 2',
    async () => {
      for (const args of ['--version', '--help', 'inspect no-such.onnx --json']) {
        const command = `"${process.execPath}" "${CLI}" ${args} > /dev/full`;
        const { status, stderr } = spawnSync('sh', ['-c', command], { cwd, env: bareEnv(), encoding: 'utf8' });
        expect({ status, stderr }).toEqual({ status: 2, stderr: 'error: standard output: ENOSPC [FILE_UNREADABLE]\n' });
      }
    },
  );
});

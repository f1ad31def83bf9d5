/** The command line as a contract: version, help, usage errors, their streams and exit codes. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { bareEnv, CLI, runCli } from '../support/run-cli.ts';

const cwd = import.meta.dirname;

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

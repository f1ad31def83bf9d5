/** Runs `bin/mlserve.js` as a process in a folder, with a bare environment: argv → exit code, stdout, stderr. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { holdToSchema } from './json-contract.ts';

export const CLI = resolve(import.meta.dirname, '../../bin/mlserve.js');

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** The environment of a process test: nothing of the developer's own settings reaches the CLI. */
export function bareEnv(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = '', HOME = '/', TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...extra };
}

/** What it prints with `--json` must be what its published schema says: anything else fails the test. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliRun> {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: options.cwd, env: bareEnv(options.env) });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A command that fails before it reads its input closes the pipe; that is its right.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input);
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => {
      try {
        holdToSchema(args, stdout);
        done({ code, stdout, stderr });
      } catch (unfit) {
        fail(unfit);
      }
    });
  });
}

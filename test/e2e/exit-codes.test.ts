/** Every exit code of the CLI, as processes: each with what people and programs read. */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/errors.ts';
import { fixturePath } from '../support/fixtures.ts';
import { holdResult } from '../support/json-contract.ts';
import { bareEnv, CLI, type CliRun, runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp.ts';

/** Calls `fault` from a timer, as soon as mlserve listens for what is thrown there. */
const later = (fault: string): string =>
  `const timer = setInterval(() => {
    if (process.listenerCount('uncaughtException') === 0) return;
    clearInterval(timer);
    ${fault}
  }, 1);`;
/** Bugs from outside: files that Node runs in front of mlserve, and that break something which it relies on. */
const FAULTS = {
  'thrown in a command': "URL.canParse = () => { throw new TypeError('a fault of a test'); };",
  'thrown in a callback': later("throw new TypeError('a fault of a test');"),
  'of a promise that nobody waits for': later("Promise.reject(new TypeError('a fault of a test'));"),
} as const;
/** Answers nothing until it is told to: a fault in a callback comes while it waits. */
const WAITING = ['predict', '-f', '-'];
const STATUS = ['status', 'http://127.0.0.1:9'];

async function faulty(fault: string): Promise<{ readonly cwd: string; readonly env: Record<string, string> }> {
  const cwd = await tempFolder();
  const file = join(cwd, 'fault.mjs');
  await writeFile(file, fault);
  expect((await runCli(['init', 'iris', '--model', fixturePath('real/iris'), '--yes'], { cwd })).code).toBe(0);
  const NODE_OPTIONS = `--import=${pathToFileURL(file)}`;
  return { cwd: join(cwd, 'iris'), env: { NODE_OPTIONS, MLSERVE_OUTPUT_FILE: join(cwd, 'events') } };
}

/** With an input that never ends. */
function runOpen(args: readonly string[], cwd: string, env: Record<string, string>): Promise<CliRun> {
  const child = spawn(process.execPath, [CLI, ...args], { cwd, env: bareEnv(env) });
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      text[stream] += chunk;
    });
  }
  return new Promise((done) => child.once('close', (code) => done({ code, ...text })));
}

describe('exit codes', () => {
  it('are these and no others', () => {
    expect(Object.values(EXIT).sort((one, other) => one - other)).toEqual([0, 1, 2, 3, 130]);
  });

  it('0: done', async () => {
    expect(await runCli(['schema', 'error'], { cwd: await tempFolder() })).toMatchObject({ code: 0, stderr: '' });
  });

  it('1: findings, with a result on standard output', async () => {
    const cwd = await tempFolder();
    await writeFile(join(cwd, 'model.onnx'), 'no model');
    const { code, stdout, stderr } = await runCli(['validate', 'model.onnx'], { cwd });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/error MSV\d+ model\.onnx: [\s\S]*not valid/);
  });

  it('2: could not work, with what is wrong, where and what to do', async () => {
    const { code, stdout, stderr } = await runCli(['lock'], { cwd: await tempFolder() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .* \[PROJECT_NOT_FOUND\]\n {2}at: .*\n {2}fix: .*\n$/);
  });

  it.each(Object.entries(FAULTS))('3: a bug %s, with its stack and where to report it', async (name, fault) => {
    const { cwd, env } = await faulty(fault);
    const args = name === 'thrown in a command' ? STATUS : WAITING;
    const text = await runOpen(args, cwd, env);
    expect({ code: text.code, stdout: text.stdout }).toEqual({ code: 3, stdout: '' });
    expect(text.stderr).toMatch(
      /^error: this is a bug in mlserve \[INTERNAL\]\nTypeError: a fault of a test\n {4}at [\s\S]*\n {2}fix: please report it with [^\n]*\n$/,
    );
    const json = await runOpen([...args, '--json'], cwd, env);
    expect(json).toMatchObject({ code: 3, stderr: '' });
    const result: unknown = JSON.parse(json.stdout);
    holdResult('error', result);
    expect(result).toMatchObject({
      error: { code: 'INTERNAL', message: 'a fault of a test', stack: expect.stringContaining('TypeError') },
    });
    const lines = (await readFile(env.MLSERVE_OUTPUT_FILE ?? '', 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject(
      Array(2).fill({ command: args[0], exitCode: 3, error: { code: 'INTERNAL' } }),
    );
  });

  it('130: interrupted, with a document that says so', async () => {
    const cwd = await tempFolder();
    expect((await runCli(['init', 'iris', '--model', fixturePath('real/iris'), '--yes'], { cwd })).code).toBe(0);
    const child = spawn(process.execPath, [CLI, ...WAITING, '--json'], { cwd: join(cwd, 'iris'), env: bareEnv() });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (stdout === '') child.kill('SIGINT');
      stdout += chunk;
    });
    expect(await new Promise((done) => child.once('close', done))).toBe(130);
    holdResult('predict', JSON.parse(stdout));
    expect(JSON.parse(stdout)).toMatchObject({ predictions: [], error: { code: 'INTERRUPTED' } });
  });
});

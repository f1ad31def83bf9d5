/** `MLSERVE_OUTPUT_FILE`: what each command appends to it, as processes. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { holdResult } from '../support/json-contract.ts';
import { IMAGE } from '../support/projects.ts';
import { runCli } from '../support/run-cli.ts';
import { makeTemp, tempFolder } from '../support/temp.ts';

interface Event {
  readonly command: string | null;
  readonly exitCode: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: string };
  readonly models: readonly { readonly name: string | null; readonly digest: string }[];
  readonly time: string;
}

/** The lines of a file, each held to its schema. */
async function events(file: string): Promise<readonly Event[]> {
  const text = await readFile(file, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
  for (const line of lines) holdResult('event', line);
  return lines;
}

let home: string;
let cwd: string;
beforeAll(async () => {
  home = await makeTemp();
  cwd = join(home, 'iris');
  expect((await runCli(['init', 'iris', '--model', fixturePath('real/iris'), '--yes'], { cwd: home })).code).toBe(0);
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('MLSERVE_OUTPUT_FILE', () => {
  it('gets one line for each command, with its result or its error, and the folder is made', async () => {
    const file = join(await tempFolder(), 'deep', 'events.ndjson');
    const env = { MLSERVE_OUTPUT_FILE: file };
    const config = await runCli(['config'], { cwd, env });
    expect(config.stderr).toBe('');
    await runCli(['lock', '--check'], { cwd, env });
    await runCli(['predict', '-f', 'no-such.json'], { cwd, env });
    await runCli(['build', 'image', '--nonsense'], { cwd, env });
    await runCli(['nonsense'], { cwd, env });
    await runCli(['inspect', 'models/iris.onnx', '--json'], { cwd, env });
    await runCli(['--version'], { cwd, env });
    await runCli(['lock', '--help'], { cwd, env });
    const lines = await events(file);
    expect(lines.map(({ command, exitCode, error }) => [command, exitCode, error?.code])).toEqual([
      ['config', 0, undefined],
      ['lock', 0, undefined],
      ['predict', 2, 'FILE_NOT_FOUND'],
      ['build image', 2, 'USAGE'],
      [null, 2, 'USAGE'],
      ['inspect', 0, undefined],
    ]);
    const [, lock, , , , inspect] = lines;
    expect(lock?.result).toMatchObject({ status: 'unchanged' });
    expect(lock?.models.map(({ name }) => name)).toEqual(['iris']);
    expect(inspect?.models).toEqual([{ name: null, version: null, digest: lock?.models[0]?.digest }]);
    expect(Date.parse(lock?.time ?? '')).toBeGreaterThan(Date.now() - 600_000);
  });

  it('names the models of whatever ships, checks or compares them', async () => {
    const file = join(await tempFolder(), 'events.ndjson');
    const env = { MLSERVE_OUTPUT_FILE: file };
    const rows = join(await tempFolder(), 'rows.json');
    const golden = JSON.parse(await readFile(join(cwd, 'examples/golden.json'), 'utf8'));
    await writeFile(rows, JSON.stringify(golden.request.instances));
    const mlserve = async (...args: readonly string[]) =>
      expect(await runCli(args, { cwd, env })).toMatchObject({ code: 0 });
    await mlserve('lock', '--check');
    await mlserve('validate');
    await mlserve('test');
    await mlserve('predict', '-f', rows);
    await mlserve('deploy', '--dry-run', '--image', IMAGE);
    await mlserve('diff', '.', '.');
    await runCli(['init', 'again', '--model', 'models/iris.onnx', '--yes', '--name', 'iris'], { cwd, env });
    await mlserve('validate', 'models/iris.onnx');
    await mlserve('validate', 'models/iris.onnx', '--no-run');
    const [lock, ...others] = await events(file);
    const digest = lock?.models[0]?.digest ?? '';
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const iris = { name: 'iris', version: '1.0.0', digest };
    expect(others.map(({ command, models }) => [command, models])).toEqual([
      ...['validate', 'test', 'predict', 'deploy', 'diff', 'init'].map((command) => [command, [iris]]),
      ['validate', [{ name: null, version: null, digest }]],
      ['validate', []],
    ]);
  });

  it('never gets the key that "key create" makes', async () => {
    const file = join(await tempFolder(), 'events.ndjson');
    const { stdout } = await runCli(['key', 'create', '--name', 'shop', '--json'], {
      cwd,
      env: { MLSERVE_OUTPUT_FILE: file },
    });
    const { key } = JSON.parse(stdout) as { key: string };
    expect(key).toMatch(/^mlserve_/);
    expect(await readFile(file, 'utf8')).not.toContain(key);
    expect((await events(file))[0]?.result).toMatchObject({ name: 'shop' });
  });

  it('keeps the lines of commands that run at the same time whole', async () => {
    const file = join(await tempFolder(), 'events.ndjson');
    const env = { MLSERVE_OUTPUT_FILE: file };
    await Promise.all(Array.from({ length: 6 }, () => runCli(['config'], { cwd, env })));
    expect((await events(file)).map(({ command }) => command)).toEqual(Array(6).fill('config'));
  });

  it.skipIf(process.platform !== 'linux')('gives up on a folder that nobody can make', async () => {
    const { code, stderr } = await runCli(['lock', '--check'], { cwd, env: { MLSERVE_OUTPUT_FILE: '/proc/nope/x' } });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: MLSERVE_OUTPUT_FILE was not written: .*no folder can be made here/);
  });

  it('that cannot be written is a warning, and the exit code stays', async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, 'taken'));
    const { code, stderr } = await runCli(['lock', '--check'], {
      cwd,
      env: { MLSERVE_OUTPUT_FILE: join(folder, 'taken') },
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: MLSERVE_OUTPUT_FILE was not written: .*FILE_UNREADABLE/);
  });
});

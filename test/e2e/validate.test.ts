/** `mlserve validate` of a project as a process: one thing broken at a time, and what is said about it. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Issue } from '../../src/issue.ts';
import { fixturePath } from '../support/fixtures.ts';
import { runCli } from '../support/run-cli.ts';
import { makeTemp, tempFolder } from '../support/temp.ts';

let origin: string;

beforeAll(async () => {
  origin = await makeTemp();
  const made = await runCli(['init', 'iris', '--model', fixturePath('real/iris'), '--yes'], { cwd: origin });
  expect(made.stderr + made.stdout).toContain('mlserve.yaml');
  expect(made.code).toBe(0);
});
afterAll(() => rm(origin, { recursive: true, force: true }));

/** A fresh copy of a project that is in order. */
async function project(): Promise<string> {
  const folder = join(await tempFolder(), 'iris');
  await cp(join(origin, 'iris'), folder, { recursive: true });
  return folder;
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const changed = change(text);
  expect(changed).not.toBe(text);
  await writeFile(file, changed);
}

async function validated(
  cwd: string,
  ...flags: string[]
): Promise<{ code: number | null; issues: readonly Issue[]; rules: readonly string[] }> {
  const { code, stdout } = await runCli(['validate', '--json', ...flags], { cwd });
  const { issues } = JSON.parse(stdout) as { issues: readonly Issue[] };
  return { code, issues, rules: issues.map((issue) => issue.rule) };
}

/** Every file below a folder with its bytes. */
async function snapshot(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, 'base64')] as const)));
}

describe('mlserve validate', () => {
  it('finds nothing in a fresh project, says what it has seen work, and writes nothing', async () => {
    const cwd = await project();
    const before = await snapshot(cwd);
    const { code, stdout, stderr } = await runCli(['validate', '--frozen'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('ok models/iris.onnx: loaded in');
    expect(stdout).toContain('1 of 1 golden example answered as expected');
    expect(stdout).toMatch(/\.: valid \(0 errors, 0 warnings\)\n$/);
    expect(stderr).toBe('');
    expect(await snapshot(cwd)).toEqual(before);
  });

  it('takes the folder as an argument, and gives the same as data', async () => {
    const cwd = await project();
    const { code, stdout } = await runCli(['validate', cwd, '--json'], { cwd: '/' });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      target: cwd,
      models: [
        {
          ...{ model: 'models/iris.onnx', name: 'iris', version: '1.0.0' },
          digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
          probe: { loadMs: expect.any(Number), runMs: expect.any(Number), peakBytes: expect.any(Number) },
        },
      ],
      examples: { asked: 1, passed: 1 },
      issues: [],
    });
  });

  it('says where an answer is not the golden one', async () => {
    const cwd = await project();
    await edit(join(cwd, 'examples/golden.json'), (text) =>
      text.replace(/"label":(\d)/, (_, label) => `"label":${Number(label) + 1}`),
    );
    const { code, issues } = await validated(cwd);
    expect(code).toBe(1);
    expect(issues).toMatchObject([
      { rule: 'golden.mismatch', where: 'examples/golden.json#/response/predictions/0/label' },
    ]);
  });

  it('takes a tolerance from the example', async () => {
    const cwd = await project();
    const golden = join(cwd, 'examples/golden.json');
    const off = (text: string) => text.replace(/0\.9\d+/, (number) => String(Number(number) + 0.0004));
    await edit(golden, off);
    expect((await validated(cwd)).rules).toEqual(['golden.mismatch']);
    await edit(golden, (text) => text.replace(/"relative":[^}]+/, '"relative": 0.001'));
    expect((await validated(cwd)).rules).toEqual([]);
  });

  it('asks every example, and reports those that are refused or none at all', async () => {
    const cwd = await project();
    const write = (name: string, text: string) => writeFile(join(cwd, 'examples', name), text);
    await write('a.json', '{"request": {"instances": [{"f0": "x"}]}, "response": {"predictions": []}}');
    await write('b.json', 'not json');
    await write('c.json', '{"request": {}, "respons": {}}');
    const { code, issues } = await validated(cwd);
    expect(code).toBe(1);
    const found = issues.map(({ rule, where }) => `${rule} ${where}`);
    expect(found).toContain('golden.refused examples/a.json#/request/instances/0/f0');
    expect(found).toContain('golden.invalid examples/b.json');
    expect(found).toContain('golden.invalid examples/c.json#/respons');
    expect(found).toContain('golden.invalid examples/c.json#/response/predictions');
    expect(found.join()).not.toContain('golden.json');
  });

  it('warns when there is no example and no lock; --frozen wants the lock', async () => {
    const cwd = await project();
    await rm(join(cwd, 'mlserve.lock'));
    await rm(join(cwd, 'examples'), { recursive: true });
    await mkdir(join(cwd, 'examples'));
    const lenient = await validated(cwd);
    expect(lenient).toMatchObject({ code: 0, rules: ['lock.absent', 'golden.none'] });
    const frozen = await validated(cwd, '--frozen');
    expect(frozen.code).toBe(1);
    expect(frozen.issues[0]).toMatchObject({ rule: 'lock.absent', severity: 'error' });
  });

  it('reports what drifted from the lock', async () => {
    const cwd = await project();
    await edit(join(cwd, 'mlserve.yaml'), (text) => text.replace('version: 1.0.0', 'version: 1.1.0'));
    const { code, rules } = await validated(cwd);
    expect(code).toBe(1);
    expect(new Set(rules)).toEqual(new Set(['lock.version']));
  });

  it('reports features that do not fit the model', async () => {
    const cwd = await project();
    await cp(fixturePath('real/wine'), join(cwd, 'models/iris.onnx'));
    const { code, issues } = await validated(cwd);
    expect(code).toBe(1);
    const lines = (await readFile(join(cwd, 'mlserve.yaml'), 'utf8')).split('\n');
    const [, line = 0] = /^mlserve\.yaml:(\d+):\d+$/.exec(issues[0]?.where ?? '') ?? [];
    expect(issues[0]).toMatchObject({
      rule: 'features.unknown-input',
      message: expect.stringMatching(/^column "\S+": the model has no input/),
    });
    expect(lines[Number(line) - 1]).toContain(/"(\S+)"/.exec(issues[0]?.message ?? '')?.[1] ?? 'no column');
  });

  it('lists every problem of the configuration with its line', async () => {
    const cwd = await project();
    await edit(join(cwd, 'mlserve.yaml'), (text) => `${text.replace('name: iris', 'nam: iris')}\nserver: {prt: 80}\n`);
    const { code, issues } = await validated(cwd);
    expect(code).toBe(1);
    expect(issues.length).toBeGreaterThanOrEqual(2);
    for (const { where } of issues) expect(where).toMatch(/^mlserve\.yaml:\d+:\d+$/);
  });

  it('applies the rules to the models of a project, by the path that mlserve.yaml gives', async () => {
    const cwd = await project();
    await cp(fixturePath('hostile/unknown-op'), join(cwd, 'models/iris.onnx'));
    const { code, issues } = await validated(cwd);
    expect(code).toBe(1);
    expect(issues.map(({ rule, where }) => [rule, where.split(',')[0]])).toContainEqual(['MSV006', 'models/iris.onnx']);
  });

  it('reports a model file that is not there', async () => {
    const cwd = await project();
    await rm(join(cwd, 'models/iris.onnx'));
    expect(await validated(cwd)).toMatchObject({ code: 1, rules: ['model.missing'] });
  });

  it('could not work where there is nothing to validate: exit code 2', async () => {
    const cwd = await tempFolder();
    const empty = await runCli(['validate'], { cwd });
    expect(empty.code).toBe(2);
    expect(empty.stderr).toContain('PROJECT_NOT_FOUND');
    const absent = await runCli(['validate', 'no.onnx'], { cwd });
    expect(absent.code).toBe(2);
    expect(absent.stderr).toContain('FILE_NOT_FOUND');
  });
});

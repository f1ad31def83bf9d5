/** Commands with `--json` as processes: each prints one object, which `runCli` holds to its published schema, and nothing beside it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { schemaOf } from '../support/json-contract.ts';
import { IMAGE } from '../support/projects.ts';
import { runCli } from '../support/run-cli.ts';
import { makeTemp, tempFolder } from '../support/temp.ts';

let home: string;
let cwd: string;

beforeAll(async () => {
  home = await makeTemp();
  cwd = join(home, 'iris');
  const { code, stdout } = await runCli(['init', 'iris', '--model', fixturePath('real/iris'), '--yes', '--json'], {
    cwd: home,
  });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ name: 'iris', dryRun: false });
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** The object that a command prints; its schema was held to it. */
async function printed(args: readonly string[], exit = 0): Promise<Record<string, unknown>> {
  const all = [...args, '--json'];
  expect(schemaOf(all)).toBeDefined();
  const { code, stdout, stderr } = await runCli(all, { cwd });
  expect(code, stdout + stderr).toBe(exit);
  return JSON.parse(stdout);
}

describe('the object of --json', () => {
  it('is that of a model, with and without its digests', async () => {
    expect(await printed(['inspect', 'models/iris.onnx'])).toHaveProperty('digests.model');
    expect(await printed(['inspect', 'models/iris.onnx', '--no-digests'])).not.toHaveProperty('digests');
  });

  it('is that of findings, of the lock, and of every setting', async () => {
    expect(await printed(['validate'])).toMatchObject({ issues: [], examples: { asked: 1, passed: 1 } });
    expect(await printed(['lock', '--check'])).toMatchObject({ status: 'unchanged' });
    expect(await printed(['config'])).toHaveProperty('spec.server.port', 8080);
  });

  it('is that of predictions, and of rows that end early', async () => {
    await printed(['predict', '-f', 'no-such.json'], 2);
    const rows = await runCli(['predict', '-f', '-', '--json', '--input-format', 'ndjson'], {
      cwd,
      input: '{"x":1}\n',
    });
    expect(rows.code).toBe(1);
    expect(JSON.parse(rows.stdout)).toMatchObject({ predictions: [], error: { code: 'INPUT_INVALID' } });
  });

  it('is that of an image that would be built, and of files that would be deployed', async () => {
    expect(await printed(['build', 'image', '--dry-run', '--platform', 'linux/amd64'])).toMatchObject({
      ejected: null,
    });
    expect(await printed(['deploy', '--dry-run', '--image', IMAGE])).toMatchObject({
      format: 'kustomize',
      dryRun: true,
    });
    const canary = ['deploy', '--dry-run', '--image', IMAGE, '--env', 'prod', '--canary', '10'];
    expect(Object.keys(await printed(canary, 2))).toEqual(['error']);
  });

  it('is that of a new key', async () => {
    expect(await printed(['key', 'create', '--name', 'shop'])).toMatchObject({ name: 'shop', scopes: ['infer'] });
  });

  it('is that of an error, whatever is wrong', async () => {
    for (const args of [['lock', 'nowhere'], ['lock', '--nonsense'], ['nonsense'], ['status', 'http://127.0.0.1:9']]) {
      expect(Object.keys(await printed(args, 2))).toEqual(['error']);
    }
  });

  it('is that of a repaired model', async () => {
    const folder = await tempFolder();
    const args = ['fix', 'zipmap', fixturePath('real/iris-zipmap'), '-o', join(folder, 'fixed.onnx'), '--json'];
    const { code, stdout } = await runCli(args, { cwd: folder });
    expect(code, stdout).toBe(0);
    expect(JSON.parse(stdout).freed).toHaveLength(1);
  });
});

/** Commands with `--json` as processes: each prints one object, which `runCli` holds to its published schema, and nothing beside it. */
import { readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { leafCommands, schemaOf } from '../support/json-contract.ts';
import { IMAGE } from '../support/projects.ts';
import { runCli } from '../support/run-cli.ts';
import { type Served, startServer } from '../support/served.ts';
import { makeTemp, tempFolder } from '../support/temp.ts';

/** Each command, by the name of its schema, and a member that its result has. */
const EVERY: Readonly<Record<string, readonly [args: readonly string[], member: string]>> = {
  init: [['init', 'again', '--model', 'models/iris.onnx', '--yes', '--dry-run'], 'files.0.state'],
  inspect: [['inspect', 'models/iris.onnx'], 'digests.model'],
  'fix-zipmap': [['fix', 'zipmap', fixturePath('real/iris-zipmap'), '-o', 'fixed.onnx'], 'freed.0'],
  validate: [['validate'], 'models.0.digest'],
  test: [['test'], 'targets.0.passed'],
  lock: [['lock', '--check'], 'models.0.digests.model'],
  diff: [['diff', '.', 'models/iris.onnx'], 'models.0.was.digests.model'],
  bench: [['bench', '--rates', '20', '--duration', '1s'], 'rates.0'],
  measure: [['measure', '--dry-run', '--duration', '1s'], 'measurements.0.digest'],
  config: [['config'], 'spec.server.port'],
  'build-image': [['build', 'image', '--dry-run', '--platform', 'linux/amd64'], 'platforms.0.platform'],
  status: [['status', 'URL'], 'models.0.digest'],
  'key-create': [['key', 'create', '--name', 'shop'], 'scopes.0'],
  predict: [['predict', '-f', 'rows.json'], 'predictions.0'],
  deploy: [['deploy', '--dry-run', '--image', IMAGE], 'models.0.digest'],
  doctor: [['doctor'], 'checks.0.state'],
  'ci-init': [['ci', 'init', 'github', '--dry-run'], 'state'],
  schema: [['schema', 'lock'], '$id'],
};
/** They print no result: one answers requests, the other prints a script. */
const WITHOUT = ['serve', 'completion'];

let home: string;
let cwd: string;
let served: Served;

beforeAll(async () => {
  home = await makeTemp();
  cwd = join(home, 'iris');
  const { code, stdout } = await runCli(['init', 'iris', '--model', fixturePath('real/iris'), '--yes', '--json'], {
    cwd: home,
  });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ name: 'iris', dryRun: false });
  const golden = JSON.parse(await readFile(join(cwd, 'examples/golden.json'), 'utf8'));
  await writeFile(join(cwd, 'rows.json'), JSON.stringify(golden.request.instances));
  served = await startServer(cwd);
});
afterAll(async () => {
  await served.stop();
  await rm(home, { recursive: true, force: true });
});

/** The object that a command prints; its schema was held to it. */
async function printed(args: readonly string[], exit = 0): Promise<Record<string, unknown>> {
  const all = [...args, '--json'];
  expect(schemaOf(all)).toBeDefined();
  const { code, stdout, stderr } = await runCli(all, { cwd });
  expect(code, stdout + stderr).toBe(exit);
  return JSON.parse(stdout);
}

describe('the object of --json', () => {
  it('is tried below of every command that there is, and of every schema that is published', () => {
    const names = Object.keys(EVERY).sort();
    expect([...names, ...WITHOUT].sort()).toEqual(leafCommands().sort());
    const published = readdirSync(resolve(import.meta.dirname, '../../schema/results'));
    // `error` is what the last test here prints; test/e2e/output-file.test.ts has each line of a file that is held to `event`.
    expect([...names, 'error', 'event'].map((name) => `${name}.json`).sort()).toEqual(published.sort());
  });

  it.each(Object.keys(EVERY))('is what schema/results/%s.json says', { timeout: 60_000 }, async (name) => {
    const [words, member] = EVERY[name] ?? [[], ''];
    const args = words.map((word) => (word === 'URL' ? served.url : word));
    expect(schemaOf([...args, '--json'])).toBe(name);
    expect(await printed(args)).toHaveProperty(member);
  });

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
      formats: [{ format: 'kustomize' }],
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

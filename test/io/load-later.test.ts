/** The parts of the CLI that come after its start: loaded from few files, with the code that an earlier run compiled. */
import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { startServer } from '../support/served.ts';
import { tempFolder } from '../support/temp.ts';

const MODEL = resolve(import.meta.dirname, '../../fixtures/models/real/iris/model.onnx');
/** Node keeps compiled code since version 22. */
const keepsCode = Number(process.versions.node.split('.')[0]) >= 22;

describe.skipIf(!keepsCode)('compiled code of a command', () => {
  it('is kept for the next run, which does not write it again', async () => {
    const { cache, inspect } = await setUp();
    expect(await inspect()).toBe(0);
    const [kept] = await codeIn(cache);
    expect(kept).toMatch(/mlserve-inspect-[0-9a-f]{32}$/);
    const bytes = await readFile(kept!);
    expect(bytes.subarray(0, 32)).toEqual(createHash('sha256').update(bytes.subarray(32)).digest());
    const before = await stat(kept!);
    expect(await inspect()).toBe(0);
    expect((await stat(kept!)).mtimeMs).toBe(before.mtimeMs);
  });

  it('of many parts is kept without a word', async () => {
    const { cache } = await setUp();
    const init = ['init', 'project', '--model', MODEL, '--yes'];
    const { code, stderr } = await runCli(init, { cwd: cache, env: { NODE_COMPILE_CACHE: cache } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('Warning') });
    expect((await codeIn(cache)).length).toBeGreaterThan(5);
  });

  it('that was damaged is not used, and made again', async () => {
    const { cache, inspect } = await setUp();
    await inspect();
    const [kept] = await codeIn(cache);
    const bytes = await readFile(kept!);
    const damaged = Buffer.from(bytes);
    damaged.fill(0, bytes.length >> 1);
    await writeFile(kept!, damaged);
    expect(await inspect()).toBe(0);
    expect(await readFile(kept!)).not.toEqual(damaged);
    await writeFile(kept!, '');
    expect(await inspect()).toBe(0);
    expect((await readFile(kept!)).length).toBeGreaterThan(0);
  });

  it('that cannot be written is done without', async () => {
    const { cache, inspect } = await setUp();
    await chmod(cache, 0o500);
    expect(await inspect()).toBe(0);
    const file = join(cache, 'file');
    await chmod(cache, 0o700);
    await writeFile(file, '');
    expect((await runCli(['inspect', MODEL], { cwd: cache, env: { NODE_COMPILE_CACHE: file } })).code).toBe(0);
  });
});

it('parts load packages without a word from Node: all that a service says on a pipe is JSON, or for people and ours', async () => {
  const folder = await tempFolder();
  await runCli(['init', 'flowers', '--model', MODEL, '--yes'], { cwd: folder });
  const server = await startServer(join(folder, 'flowers'));
  expect(await server.stop()).toBe(0);
  expect(server.log()).toContain('"level":"info"');
  expect(server.log()).not.toMatch(/Warning|node:\d/);
});

async function setUp(): Promise<{ readonly cache: string; readonly inspect: () => Promise<number | null> }> {
  const cache = await tempFolder();
  const inspect = async (): Promise<number | null> =>
    (await runCli(['inspect', MODEL], { cwd: cache, env: { NODE_COMPILE_CACHE: cache } })).code;
  return { cache, inspect };
}

/** Of our own. */
async function codeIn(cache: string): Promise<readonly string[]> {
  const found = await readdir(cache, { recursive: true });
  return found
    .filter((name) => /mlserve-/.test(name))
    .map((name) => join(cache, name))
    .sort();
}

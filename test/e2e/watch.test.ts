/** `mlserve serve --watch`: what changes on disk is served, and what cannot be served changes nothing. */
import { copyFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { runCli } from '../support/run-cli.ts';
import { type Served, startServer } from '../support/served.ts';
import { tempFolder } from '../support/temp.ts';

const servers: Served[] = [];

afterEach(() => {
  for (const { process: child } of servers.splice(0)) child.kill('SIGKILL');
});

const CONFIG = 'apiVersion: mlserve.dev/v1\nname: svc\nversion: 1.0.0\nmodels: [{name: m, path: m.onnx}]\n';

async function put(dir: string, model: string): Promise<void> {
  await copyFile(fixturePath(model), join(dir, 'next'));
  await rename(join(dir, 'next'), join(dir, 'm.onnx'));
}

const modelOf = async (url: string): Promise<{ version: string; digest: string }> => {
  const { models } = (await (await fetch(`${url}/`)).json()) as { models: { version: string; digest: string }[] };
  return models[0] ?? { version: '', digest: '' };
};

describe('mlserve serve --watch', () => {
  it('serves a new model file, and a new version in the configuration', async () => {
    const dir = await tempFolder();
    await put(dir, 'digest/base');
    await writeFile(join(dir, 'mlserve.yaml'), CONFIG);
    const served = await startServer(dir, ['--watch']);
    servers.push(served);
    const before = await modelOf(served.url);
    await put(dir, 'digest/weight');
    await expect.poll(() => modelOf(served.url), { timeout: 20_000 }).not.toEqual(before);
    const between = await modelOf(served.url);
    await writeFile(join(dir, 'm.onnx'), 'not a model');
    await expect.poll(served.log, { timeout: 20_000 }).toContain('the old ones still answer');
    expect(served.log()).toContain('MODEL_INVALID');
    expect(await modelOf(served.url)).toEqual(between);
    await put(dir, 'digest/base');
    await writeFile(join(dir, 'mlserve.yaml'), CONFIG.replace('1.0.0', '1.1.0'));
    await expect
      .poll(() => modelOf(served.url), { timeout: 20_000 })
      .toEqual({ ...before, version: '1.1.0', name: 'm' });
    expect(await served.stop()).toBe(0);
  });

  it('holds to the lock: a model that was not agreed on is refused until it is', async () => {
    const dir = await tempFolder();
    await put(dir, 'digest/base');
    await writeFile(join(dir, 'mlserve.yaml'), CONFIG);
    await runCli(['lock'], { cwd: dir });
    const served = await startServer(dir, ['--watch', '--frozen']);
    servers.push(served);
    const before = await modelOf(served.url);
    await put(dir, 'digest/weight');
    await expect.poll(served.log, { timeout: 20_000 }).toContain('LOCK_MISMATCH');
    expect(await modelOf(served.url)).toEqual(before);
    await runCli(['lock'], { cwd: dir });
    await expect.poll(() => modelOf(served.url), { timeout: 20_000 }).not.toEqual(before);
  });
});

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempFolder } from '../../support/temp.ts';
import { engineProxy } from './proxy.ts';
import { addedLayers, build, describeWithEngine, done, edits, mlserve, project } from './support.ts';

/** Positions among the layers. */
const [RUNTIME, SERVER, MODEL, SERVICE] = [0, 1, 3, 4];
const SESSION = /^POST \/v[\d.]+\/session /;

/** A change of the configuration that leaves every size as it was. */
async function changeSpec(folder: string, from: number, to: number): Promise<void> {
  const yaml = join(folder, 'mlserve.yaml');
  const before = await readFile(yaml, 'utf8');
  await writeFile(yaml, before.replace(`jsonDepth: ${from}`, `jsonDepth: ${to}`));
  await done(['lock'], { cwd: folder });
}

async function layersOf(folder: string, env: Record<string, string> = {}): Promise<readonly string[]> {
  return addedLayers((await build(folder, ['--no-smoke'], env)).platforms[0]?.id ?? '');
}

const shipped = (layers: readonly string[]) => [RUNTIME, SERVER, MODEL, SERVICE].map((at) => layers[at]);

describeWithEngine('a build by an engine that asks for what it does not have', () => {
  it('sends the layers that changed since the last build of the project, and no other', async () => {
    const folder = await project(await tempFolder(), `asked-${Date.now()}`, 'digest/base');
    await edits.spec(folder);
    const sentFor = async (): Promise<number> => {
      const proxy = await engineProxy();
      await build(folder, ['--no-smoke'], { DOCKER_HOST: proxy.host });
      return proxy.sent;
    };
    expect(await sentFor()).toBeGreaterThan(45_000_000);
    expect(await sentFor()).toBeLessThan(50_000);
    await changeSpec(folder, 31, 32);
    expect(await sentFor()).toBeLessThan(100_000);
  }, 120_000);

  it('builds in what changed though its size did not: the same layers as an engine that gets all of it', async () => {
    const folder = await project(await tempFolder(), 'same-size', 'digest/base');
    const all = { DOCKER_BUILDKIT: '0' };
    await edits.spec(folder);
    const first = await layersOf(folder);
    expect(shipped(first)).toEqual(shipped(await layersOf(folder, all)));
    await changeSpec(folder, 31, 32);
    const second = await layersOf(folder);
    expect(second[SERVICE]).not.toBe(first[SERVICE]);
    expect(shipped(second)).toEqual(shipped(await layersOf(folder, all)));
    const bytesOfModel = async () => (await readFile(join(folder, 'models/same-size.onnx'))).length;
    const before = await bytesOfModel();
    await edits.model(folder, 'digest/weight');
    expect(await bytesOfModel()).toBe(before);
    const third = await layersOf(folder);
    expect(third[MODEL]).not.toBe(second[MODEL]);
    expect(shipped(third)).toEqual(shipped(await layersOf(folder, all)));
    // Back again, to what the engine had before.
    await edits.model(folder, 'digest/base');
    expect(shipped(await layersOf(folder))).toEqual(shipped(second));
  }, 240_000);

  it('sends all of it at once where the engine knows no sessions, for the same layers', async () => {
    const folder = await project(await tempFolder(), 'refused', 'digest/base');
    const proxy = await engineProxy(undefined, { refused: SESSION });
    const layers = await layersOf(folder, { DOCKER_HOST: proxy.host });
    expect(proxy.sent).toBeGreaterThan(45_000_000);
    expect(shipped(layers)).toEqual(shipped(await layersOf(folder)));
  }, 120_000);

  it('sends again what did not arrive when it broke off', async () => {
    const folder = await project(await tempFolder(), 'broken-off', 'digest/base');
    const proxy = await engineProxy(undefined, { onSent: (own) => own.sent > 20_000_000 && own.die() });
    const run = await mlserve(['build', 'image'], { cwd: folder, env: { DOCKER_HOST: proxy.host } });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('[ENGINE_UNREACHABLE]') });
    expect(shipped(await layersOf(folder))).toEqual(shipped(await layersOf(folder, { DOCKER_BUILDKIT: '0' })));
  }, 120_000);

  it('builds one project twice at once', async () => {
    const folder = await project(await tempFolder(), 'twice', 'digest/base');
    const [a, b] = await Promise.all([layersOf(folder), layersOf(folder)]);
    expect(shipped(a)).toEqual(shipped(b));
  }, 120_000);
});

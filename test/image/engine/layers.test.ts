import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fixturePath } from '../../support/fixtures.ts';
import { tempFolder } from '../../support/temp.ts';
import { addedLayers, build, buildFolder, describeWithEngine, docker, done, edits, project } from './support.ts';

/** Positions among the layers: the runtime, the server and its compiled code, the model, the configuration. */
const [COMPILED, MODEL, SERVICE] = [2, 3, 4];

const changed = (a: readonly string[], b: readonly string[]): readonly number[] =>
  b.flatMap((layer, at) => (layer === a[at] ? [] : [at]));

describeWithEngine('the layers of consecutive builds', () => {
  it.each([
    ['BuildKit', '1'],
    ['the classic builder', '0'],
  ])(
    'change alone: the configuration, then the model, with %s',
    async (_, DOCKER_BUILDKIT) => {
      const env = { DOCKER_BUILDKIT };
      const folder = await project(await tempFolder(), 'layers', 'digest/base');
      const layersOf = async (): Promise<readonly string[]> =>
        addedLayers((await build(folder, ['--no-smoke'], env)).platforms[0]?.id ?? '');
      const first = await layersOf();
      expect(first).toHaveLength(5);
      expect(await layersOf()).toEqual(first);
      await edits.spec(folder);
      const second = await layersOf();
      expect(changed(first, second)).toEqual([SERVICE]);
      // The lock of the new model is part of the last layer.
      await edits.model(folder, 'digest/producer');
      expect(changed(second, await layersOf())).toEqual([MODEL, SERVICE]);
    },
    180_000,
  );

  it('are the same from both builders and from "docker build" of an ejected folder, but for the compiled code', async () => {
    const home = await tempFolder();
    const folder = await project(home, 'same', 'digest/base');
    const kit = await build(folder, ['--no-smoke'], { DOCKER_BUILDKIT: '1' });
    const classic = await build(folder, ['--no-smoke'], { DOCKER_BUILDKIT: '0' });
    await done(['build', 'image', '--eject', '../ejected'], { cwd: folder });
    const byHand = await buildFolder(join(home, 'ejected'), 2);
    const [reference = [], ...others] = await Promise.all(
      [kit.platforms[0]?.id ?? '', classic.platforms[0]?.id ?? '', byHand].map((image) => addedLayers(image)),
    );
    expect(reference).toHaveLength(5);
    for (const layers of others) expect(changed(reference, layers).filter((at) => at !== COMPILED)).toEqual([]);
    const inspected = await Promise.all(
      [kit.platforms[0]?.id ?? '', byHand].map((image) => docker().getImage(image).inspect()),
    );
    expect(inspected[1]?.Config).toMatchObject({
      Labels: inspected[0]?.Config.Labels,
      User: '10001:10001',
      Env: inspected[0]?.Config.Env,
    });
  }, 180_000);

  it('cannot hold another model than the one that was locked: the build ends in its verify stage', async () => {
    const home = await tempFolder();
    const folder = await project(home, 'tampered', 'digest/base');
    await done(['build', 'image', '--eject', '../ejected'], { cwd: folder });
    await copyFile(
      fixturePath('digest/weight'),
      join(home, 'ejected/layers/tampered@1.0.0/models/tampered/1.0.0/tampered.onnx'),
    );
    for (const builder of [1, 2] as const) {
      await expect(buildFolder(join(home, 'ejected'), builder)).rejects.toThrow(/"verify"|verify/);
    }
  }, 180_000);
});

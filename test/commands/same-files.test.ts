import { copyFile, rename, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareInProcess } from '../../src/commands/in-process.ts';
import { openProject } from '../../src/commands/project.ts';
import { startInProcess } from '../../src/commands/start-in-process.ts';
import type { Io } from '../../src/ports.ts';
import { fakeRuntime } from '../support/fake-runtime.ts';
import { fixturePath } from '../support/fixtures.ts';
import { tempFolder } from '../support/temp.ts';
import { testIo } from '../support/test-io.ts';

const CONFIG = `apiVersion: mlserve.dev/v1
name: sample
version: 1.0.0
models: [{name: base, path: model.onnx}]
engine: {mode: worker}
`;

async function project(model: string): Promise<string> {
  const folder = await tempFolder();
  await copyFile(fixturePath(model), join(folder, 'model.onnx'));
  await writeFile(join(folder, 'mlserve.yaml'), CONFIG);
  return folder;
}

/** An `Io` whose runtime calls `meddle` when a load has begun. */
function meddling(folder: string, meddle: () => Promise<void>) {
  const runtime = fakeRuntime();
  const { loadInWorker } = runtime;
  const io: Io = {
    ...testIo(folder),
    runtime: async () => ({
      ...runtime,
      loadInWorker: async (...given) => {
        await meddle();
        return await loadInWorker(...given);
      },
    }),
  };
  return { io, runtime };
}

const MISMATCH = { code: 'LOCK_MISMATCH', message: expect.stringContaining('after its digest was computed') };

describe('a model whose file changes between digest and load', () => {
  it.each([
    ['is replaced', (folder: string) => rename(join(folder, 'other.onnx'), join(folder, 'model.onnx'))],
    ['is written to', (folder: string) => copyFile(fixturePath('digest/weight'), join(folder, 'model.onnx'))],
    ['is only touched', (folder: string) => utimes(join(folder, 'model.onnx'), new Date(), new Date(0))],
    ['is gone', (folder: string) => rename(join(folder, 'model.onnx'), join(folder, 'away.onnx'))],
  ])('is not served when it %s', async (what, meddle) => {
    const folder = await project('digest/base');
    // The same size and bytes: only the file itself is another.
    await copyFile(fixturePath('digest/base'), join(folder, 'other.onnx'));
    const { io, runtime } = meddling(folder, () => meddle(folder));
    const starting = startInProcess(await openProject('.', {}, io), io, { frozen: false });
    await expect(starting).rejects.toMatchObject(what === 'is gone' ? { code: 'FILE_NOT_FOUND' } : MISMATCH);
    expect(runtime.sessions.every((session) => session.isReleased)).toBe(true);
  });

  it('is never said to be ready', async () => {
    const folder = await project('digest/base');
    const { io } = meddling(folder, () => copyFile(fixturePath('digest/weight'), join(folder, 'model.onnx')));
    const service = await prepareInProcess(await openProject('.', {}, io), io, { frozen: false });
    await service.engine.start();
    expect(service.engine.isReady()).toBe(false);
    expect(service.engine.statuses()[0]).toMatchObject({ state: 'failed' });
    await service.close();
  });

  it('is served when nothing happened, and after a reload only while that is so', async () => {
    const folder = await project('digest/base');
    const { io, runtime } = meddling(folder, async () => {});
    const service = await startInProcess(await openProject('.', {}, io), io, { frozen: false });
    const died = runtime.sessions.length;
    runtime.sessions.at(-1)?.die('killed');
    await expect.poll(() => [runtime.sessions.length, service.engine.isReady()]).toEqual([died + 1, true]);
    await copyFile(fixturePath('digest/weight'), join(folder, 'model.onnx'));
    runtime.sessions.at(-1)?.die('killed');
    await expect.poll(() => service.engine.statuses()[0]?.state).toBe('failed');
    expect(service.engine.statuses()[0]?.reason).toContain('after its digest was computed');
    await service.close();
  });

  it('covers data files too', async () => {
    const folder = await project('digest/external');
    const data = join(folder, 'weights.data');
    await copyFile(join(dirname(fixturePath('digest/external')), 'weights.data'), data);
    const { io } = meddling(folder, () => utimes(data, new Date(), new Date(0)));
    const starting = startInProcess(await openProject('.', {}, io), io, { frozen: false });
    await expect(starting).rejects.toMatchObject({ ...MISMATCH, where: data });
  });
});

/** Models loaded again by the real runtime, while requests come in. */
import { copyFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type InProcess, prepareInProcess } from '../../src/commands/in-process.ts';
import { lock } from '../../src/commands/lock.ts';
import { openProject } from '../../src/commands/project.ts';
import { memoryLog } from '../support/fake-runtime.ts';
import { fixturePath } from '../support/fixtures.ts';
import { tempFolder } from '../support/temp.ts';
import { type TestIo, testIo } from '../support/test-io.ts';

const HEAD = 'apiVersion: mlserve.dev/v1\nname: svc\nversion: 1.0.0\n';
const ONE = `${HEAD}models: [{name: m, path: m.onnx}]\n`;

interface Running {
  readonly dir: string;
  readonly io: TestIo;
  readonly service: InProcess;
  readonly lines: readonly string[];
  /** What the model says to one row: `digest/base` and `digest/weight` answer differently. */
  ask(target?: string): Promise<{ readonly status: number; readonly digest: string; readonly answer: unknown }>;
  put(model: string, file?: string): Promise<void>;
}

async function running(config = ONE, frozen = false): Promise<Running> {
  const dir = await tempFolder();
  const io = testIo(dir);
  const put: Running['put'] = async (model, file = 'm.onnx') => {
    await copyFile(fixturePath(model), join(dir, 'next'));
    await rename(join(dir, 'next'), join(dir, file));
  };
  await put('digest/base');
  await put('digest/weight', 'second.onnx');
  await writeFile(join(dir, 'mlserve.yaml'), config);
  if (frozen) await lock({ project: '.', check: false, frozen: false, dryRun: false }, io);
  const reopen = () => openProject('.', {}, io);
  const log = memoryLog();
  const service = await prepareInProcess(await reopen(), io, { frozen, log, reopen });
  onTestFinished(() => service.close());
  await service.engine.start();
  const ask: Running['ask'] = async (target = '/predict') => {
    const { status, headers, body } = await service.handler.handle({
      method: 'POST',
      target,
      headers: {},
      body: new TextEncoder().encode(BODY),
      signal: new AbortController().signal,
    });
    return { status, digest: headers['X-Model-Digest'] ?? '', answer: JSON.parse(String(body)).predictions };
  };
  return { dir, io, service, lines: log.lines, ask, put };
}

const BODY = '{"inputs":{"X":[[1,2,3,4,5,6]]}}';

describe('a model that is loaded again', () => {
  it('50 times under load loses no request, and every answer is wholly of the old or the new model', async () => {
    const { service, ask, put } = await running();
    const old = await ask();
    expect(old.status).toBe(200);
    await put('digest/weight');
    await service.control?.load('m');
    const fresh = await ask();
    expect(fresh.digest).not.toBe(old.digest);
    expect(fresh.answer).not.toEqual(old.answer);
    const answers = new Map([old, fresh].map(({ digest, answer }) => [digest, JSON.stringify(answer)]));
    let isOver = false;
    let asked = 0;
    const client = async (): Promise<void> => {
      while (!isOver) {
        const { status, digest, answer } = await ask();
        expect([status, JSON.stringify(answer)]).toEqual([200, answers.get(digest)]);
        asked++;
        await new Promise((wake) => setImmediate(wake));
      }
    };
    const clients = Promise.all(Array.from({ length: 8 }, client));
    for (let reload = 0; reload < 50; reload++) {
      await put(reload % 2 === 0 ? 'digest/base' : 'digest/weight');
      await service.control?.load('m');
      expect((await ask()).digest).toBe(reload % 2 === 0 ? old.digest : fresh.digest);
      expect(service.engine.isReady()).toBe(true);
    }
    isOver = true;
    await clients;
    expect(asked).toBeGreaterThan(1000);
    expect(service.engine.statuses()).toHaveLength(1);
  }, 60_000);

  it('and is bad leaves the old one serving and says why', async () => {
    const { dir, service, ask, put, lines } = await running();
    const before = await ask();
    await put('hostile/run-fails');
    await writeFile(join(dir, 'm.onnx'), 'no model');
    await expect(service.control?.load('m')).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    await writeFile(join(dir, 'mlserve.yaml'), `${ONE}oops: 1\n`);
    await expect(service.control?.load('m')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(service.control?.load('x')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await ask()).toEqual(before);
    expect(service.engine.isReady()).toBe(true);
    expect(lines.join()).not.toContain('model failed');
  });

  it('must be what the lock says, where there is one', async () => {
    const { io, service, ask, put } = await running(ONE, true);
    const before = await ask();
    await put('digest/weight');
    await expect(service.control?.load('m')).rejects.toMatchObject({ code: 'LOCK_MISMATCH' });
    expect(await ask()).toEqual(before);
    await lock({ project: '.', check: false, frozen: false, dryRun: false }, io);
    await service.control?.load('m');
    expect((await ask()).digest).not.toBe(before.digest);
  });

  it('takes its other versions with it and leaves other models alone', async () => {
    const list = (m: string) => `${HEAD}models:\n${m}  - {name: n, path: second.onnx}\n`;
    const { dir, service, ask } = await running(list('  - {name: m, path: m.onnx}\n'));
    const [m, n] = [await ask('/models/m/predict'), await ask('/models/n/predict')];
    const keyOfN = service.engine.statuses().find(({ name }) => name === 'n')?.key;
    await writeFile(
      join(dir, 'mlserve.yaml'),
      list('  - {name: m, path: second.onnx, version: 2.0.0}\n  - {name: m, path: m.onnx}\n'),
    );
    await service.control?.load('m');
    expect(await ask('/models/m/predict')).toEqual(n);
    expect(await ask('/models/m/versions/1.0.0/predict')).toEqual(m);
    expect(await ask('/models/n/predict')).toEqual(n);
    expect(service.engine.statuses().find(({ name }) => name === 'n')?.key).toBe(keyOfN);
  });
});

describe('a model that is unloaded', () => {
  it('is refused with 503 and can be loaded again; an unknown one is an error', async () => {
    const { service, ask } = await running();
    const before = await ask();
    await service.control?.unload('m');
    expect((await ask()).status).toBe(503);
    expect(service.engine.isReady()).toBe(false);
    await service.control?.load('m');
    expect(await ask()).toEqual(before);
    await expect(service.control?.unload('x')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(service.control?.load('x')).rejects.toMatchObject({ code: 'USAGE', hint: 'the models are: m' });
  });
});

describe('what changed on disk', () => {
  it('is loaded, and nothing else; models that left the configuration are dropped', async () => {
    const list = `${HEAD}models: [{name: m, path: m.onnx}, {name: n, path: second.onnx}]\n`;
    const { dir, service, ask, put } = await running(list);
    const n = await ask('/models/n/predict');
    expect(await service.control?.loadChanged()).toEqual([]);
    await put('digest/weight');
    const loaded = await service.control?.loadChanged();
    expect(loaded?.map(({ spec }) => spec.name)).toEqual(['m']);
    expect((await ask('/models/m/predict')).answer).toEqual(n.answer);
    await writeFile(join(dir, 'mlserve.yaml'), `${HEAD}models: [{name: n, path: second.onnx}]\n`);
    expect(await service.control?.loadChanged()).toEqual([]);
    expect((await ask('/models/m/predict')).status).toBe(404);
    expect(await ask('/predict')).toEqual(n);
    expect(service.engine.statuses().map(({ name }) => name)).toEqual(['n']);
  });
});

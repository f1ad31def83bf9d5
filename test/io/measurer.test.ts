import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { MeasureRequest } from '../../src/engine/measured.ts';
import { realFiles } from '../../src/io/files.ts';
import { realMeasurer } from '../../src/io/measurer.ts';
import { findRuntime } from '../../src/io/runtime-files.ts';
import { readModel } from '../../src/model/read-model.ts';
import { fixturePath } from '../support/fixtures.ts';
import { field, graph, model, node, tensor, value } from '../support/onnx-writer.ts';
import { modelSettings } from '../support/service-settings.ts';
import { writeModel } from '../support/write-model.ts';

const GIB = 2 ** 30;
const PLAIN = resolve(import.meta.dirname, '../support/plain-loop.js');

async function request(path: string, more: Partial<MeasureRequest> = {}): Promise<MeasureRequest> {
  const source = await realFiles('/').open(path);
  const { signature } = readModel(source, path);
  source.close();
  const settings = modelSettings({ engine: { mode: 'auto', instances: 1, threads: 1 } });
  return {
    model: { key: 'm', name: 'm', version: '1.0.0', path, signature, settings },
    ...{ durationMs: 1000, examples: [], known: new Map(), timeoutMs: 60_000, memoryBytes: 4 * GIB },
    ...more,
  };
}

/** Two layers, 512 → 4096 → 512: 16 MiB of weights, and a few milliseconds for some rows. */
function perceptron(): Promise<string> {
  const weights = (name: string, dims: readonly number[]) => {
    const data = new Float32Array(512 * 4096).fill(0.001);
    return tensor({ name, type: 1, dims, fields: [field(9, new Uint8Array(data.buffer))] });
  };
  const body = graph({
    nodes: [
      node({ op: 'MatMul', inputs: ['X', 'first'], outputs: ['H'] }),
      node({ op: 'MatMul', inputs: ['H', 'second'], outputs: ['Y'] }),
    ],
    initializers: [weights('first', [512, 4096]), weights('second', [4096, 512])],
    inputs: [value('X', 1, ['N', 512])],
    outputs: [value('Y', 1, ['N', 512])],
  });
  return writeModel(model(body));
}

/** Each test loads models in several processes, one after the other, and a machine has neighbours. */
const PATIENT = { timeout: 180_000 };

describe('measuring in a process of its own', PATIENT, () => {
  it('finds what a plain loop over the runtime finds, by its own clock and by /proc', async () => {
    const path = await perceptron();
    const result = await realMeasurer.measure(await request(path, { durationMs: 4000 }));
    if (result.status !== 'ok') throw new Error(result.message);
    const { latency, memory, load, saturation, bestRows } = result.measured;
    const at32 = latency.find(({ rows }) => rows === 32);
    const { stdout } = await promisify(execFile)(process.execPath, [PLAIN, findRuntime().folder, path, '512', '32']);
    const plain = JSON.parse(stdout) as { bytes: number; p50Ms: number };
    // Neighbours on the machine come and go between the two.
    expect(at32?.p50Ms).toBeGreaterThan(plain.p50Ms / 4);
    expect(at32?.p50Ms).toBeLessThan(plain.p50Ms * 4);
    const added = memory.peakBytes - memory.beforeBytes;
    if (process.platform === 'linux') {
      expect(added).toBeGreaterThan(plain.bytes * 0.6);
      expect(added).toBeLessThan(plain.bytes * 2 + 32 * 2 ** 20);
    }
    expect(added).toBeGreaterThan(16 * 2 ** 20);
    expect(load.sessionMs).toBeGreaterThan(0);
    expect(load.readyMs).toBeGreaterThan(load.sessionMs);
    expect(bestRows).toBeGreaterThan(1);
    // No more than the quickest of its runs allow, and not a small part of it.
    const most = Math.max(...latency.map(({ rows, p50Ms }) => (1000 * rows) / p50Ms));
    expect(saturation?.rowsPerSecond).toBeLessThan(most * 3);
    expect(saturation?.rowsPerSecond).toBeGreaterThan(most / 10);
    expect(saturation?.cores).toBeLessThan(3);
    expect(result.platform).toBe(`${process.platform}/${process.arch}`);
  });

  it('loads as many sessions as the service has', async () => {
    const path = await perceptron();
    const settings = modelSettings({ engine: { mode: 'worker', instances: 2, threads: 1 } });
    const one = await request(path, { durationMs: 500 });
    const [alone, both] = [
      await realMeasurer.measure({
        ...one,
        model: { ...one.model, settings: { ...settings, engine: { ...settings.engine, instances: 1 } } },
      }),
      await realMeasurer.measure({ ...one, model: { ...one.model, settings } }),
    ];
    if (alone.status !== 'ok' || both.status !== 'ok') throw new Error('both load');
    const [first, second] = [alone.measured.memory, both.measured.memory];
    expect(second.loadedBytes - first.loadedBytes).toBeGreaterThan(12 * 2 ** 20);
  });

  it('passes on what the runtime says of a model that it refuses', async () => {
    const result = await realMeasurer.measure(await request(fixturePath('hostile/type-error')));
    expect(result).toMatchObject({ status: 'load-failed', message: expect.stringContaining('Add') });
  });

  it('ends a process that takes longer, or wants more memory, than it may', async () => {
    const loop = await request(fixturePath('hostile/infinite-loop'), { timeoutMs: 1500 });
    expect(await realMeasurer.measure(loop)).toMatchObject({ status: 'timeout' });
    const large = await request(fixturePath('hostile/memory-at-run'), { memoryBytes: GIB });
    expect(await realMeasurer.measure(large)).toMatchObject({ status: 'memory' });
  });
});

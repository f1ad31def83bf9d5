/** What measuring a model gives, by a runtime whose runs take what the test says. */
import { describe, expect, it } from 'vitest';
import { bestBatch } from '../../src/engine/best-batch.ts';
import { measureModel } from '../../src/engine/measure-model.ts';
import type { MeasureOrder } from '../../src/engine/measured.ts';
import type { Tensors } from '../../src/model/tensor.ts';
import { type FakeRuntime, fakeRuntime } from '../support/fake-runtime.ts';
import { type MakeOptions, model, SIGNATURE } from './support.ts';

const usage = { residentBytes: () => 1000, peakBytes: () => 3000, workedMs: () => 0, waitedMs: () => 0 };
const clock = { now: () => Date.now(), monotonic: () => performance.now() };

function measure(runtime: FakeRuntime, options: MakeOptions = {}, order: Partial<MeasureOrder> = {}) {
  const { runtime: _runtime, log: _log, ...plain } = model(runtime, { queueRows: 0, ...options });
  return measureModel(
    { model: plain, durationMs: 100, examples: [], known: new Map(), ...order },
    { runtime, clock, usage },
  );
}

async function measured(...given: Parameters<typeof measure>) {
  const outcome = await measure(...given);
  if (outcome.status !== 'ok') throw new Error(outcome.message);
  return outcome;
}

const rowsOf = (inputs: Tensors): number => inputs.get('x')?.dims[0] ?? 0;

describe('measuring a model', () => {
  it('runs one row, twice as many and so on, up to what a batch may have', async () => {
    const { measured: found } = await measured(fakeRuntime(), { settings: { batching: { maxRows: 12 } } });
    expect(found.latency.map(({ rows }) => rows)).toEqual([1, 2, 4, 8, 12]);
    for (const { runs, p50Ms, p99Ms } of found.latency) {
      expect(runs).toBeGreaterThanOrEqual(5);
      expect(p50Ms).toBeGreaterThanOrEqual(1);
      expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
    }
    expect(found.engine).toEqual({ mode: 'worker', threads: 1, batchRows: 12 });
    expect(found.memory).toEqual({ beforeBytes: 1000, loadedBytes: 1000, peakBytes: 3000 });
    expect(found.saturation?.rowsPerSecond).toBeGreaterThan(1000);
  });

  it('fills every session when it asks for more than can be answered', async () => {
    const runtime = fakeRuntime();
    await measured(runtime, { instances: 2 });
    const full = runtime.sessions.map(({ runs }) => runs.slice(-50).filter((inputs) => rowsOf(inputs) === 8).length);
    expect(full.length).toBe(2);
    for (const count of full) expect(count).toBeGreaterThan(25);
    expect(runtime.sessions.every(({ isReleased }) => isReleased)).toBe(true);
  });

  it('keeps to one row where the model has no dimension for more', async () => {
    const one = { ...SIGNATURE, inputs: [{ kind: 'tensor', name: 'x', elementType: 'float32', shape: [2] } as const] };
    const { measured: found } = await measured(fakeRuntime(), { signature: one });
    expect(found.latency.map(({ rows }) => rows)).toEqual([1]);
    expect(found.engine.batchRows).toBe(1);
  });

  it('ends at a number of rows that the model does not take', async () => {
    const runtime = fakeRuntime();
    runtime.refuse = (inputs) => (rowsOf(inputs) > 4 ? 'too many' : undefined);
    const { measured: found } = await measured(runtime);
    expect(found.latency.map(({ rows }) => rows)).toEqual([1, 2, 4]);
  });

  it('runs on the rows of examples where there are some, again and again', async () => {
    const runtime = fakeRuntime();
    const example = (value: number): Tensors =>
      new Map([['x', { type: 'float32', dims: [1, 2], data: Float32Array.of(value, value) }]]);
    const wide: Tensors = new Map([['x', { type: 'float32', dims: [1, 3], data: new Float32Array(3) }]]);
    await measured(runtime, {}, { examples: [example(7), example(9), wide] });
    const four = runtime.sessions[0]?.runs.find((inputs) => rowsOf(inputs) === 4 && inputs.get('x')?.data[0] === 7);
    expect([...(four?.get('x')?.data ?? [])]).toEqual([7, 7, 9, 9, 7, 7, 9, 9]);
  });

  it('measures the load alone where no input runs, and says what the runtime said', async () => {
    const runtime = fakeRuntime();
    runtime.runError = 'not with me';
    const { measured: found, refusal } = await measured(runtime);
    expect([found.latency, found.bestRows, found.saturation]).toEqual([[], 1, null]);
    expect(refusal).toBe('not with me');
    expect(found.load.readyMs).toBeGreaterThan(0);
  });

  it('passes on why a model does not load', async () => {
    const runtime = fakeRuntime();
    runtime.loadError = 'no such operator';
    expect(await measure(runtime)).toEqual({ status: 'load-failed', message: 'no such operator' });
  });

  it('ends when a run does not', async () => {
    const runtime = fakeRuntime();
    let runs = 0;
    runtime.refuse = () => {
      // After the warm-up.
      if (++runs > 200) runtime.gate = new Promise(() => {});
      return undefined;
    };
    const outcome = await measure(runtime, { settings: { limits: { runTimeoutMs: 50 } } }, { durationMs: 5000 });
    expect(outcome).toMatchObject({ status: 'run-failed', message: expect.stringContaining('50 ms') });
  });
});

describe('the best batch', () => {
  const times = (...ms: readonly number[]) =>
    ms.map((p50Ms, at) => ({ rows: 2 ** at, runs: 100, p50Ms, p99Ms: p50Ms * 2 }));

  it('has the most throughput, and no more rows than bring some', () => {
    expect(bestBatch(times(1, 1.1, 1.2, 1.4), 1000)).toBe(8);
    expect(bestBatch(times(1, 1.1, 2.2, 4.3), 1000)).toBe(2);
  });

  it('takes at most a third of the time in which an answer is wanted', () => {
    expect(bestBatch(times(10, 15, 20, 30), 60)).toBe(4);
    expect(bestBatch(times(100, 110), 60)).toBe(1);
    expect(bestBatch([], 60)).toBe(1);
  });
});

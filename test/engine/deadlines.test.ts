/** Waiting requests × real time: deadlines that pass while a run is going on, batches that wait for more rows, runs that do not end. */
import { describe, expect, it } from 'vitest';
import { DeadlineTimer } from '../../src/engine/deadline-timer.ts';
import { fakeRuntime, makeGate } from '../support/fake-runtime.ts';
import { failure, idsRun, request, runsOf, started } from './support.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const wait = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

describe('a deadline that passes while another request runs', () => {
  it('ends the wait at once, not when the run ends, and the request is never run', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime, { clock });
    const { gate, open } = makeGate();
    runtime.gate = gate;
    const running = engine.infer(request(1));
    const start = performance.now();
    const waiting = failure(engine.infer(request(2, { deadline: start + 50 })));
    expect(await waiting).toBe('deadline-exceeded');
    expect(performance.now() - start).toBeGreaterThanOrEqual(50);
    expect(engine.status('m')?.queuedRows).toBe(0);
    open();
    await running;
    await engine.close();
    expect(idsRun(runtime)).toEqual([1]);
  });

  it('is watched for each of many, whatever their order', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime, { clock, queueRows: 100 });
    const { gate, open } = makeGate();
    runtime.gate = gate;
    const running = engine.infer(request(1));
    const start = performance.now();
    const waits = [120, 40, 80, 60].map(async (ms, at) => {
      expect(await failure(engine.infer(request(at + 2, { deadline: start + ms })))).toBe('deadline-exceeded');
      const waited = performance.now() - start;
      expect(waited).toBeGreaterThanOrEqual(ms);
      // Long before the run ends, which is not before all of them are over.
      expect(waited).toBeLessThan(ms + 1000);
    });
    await Promise.all(waits);
    open();
    await running;
    await engine.close();
  });
});

describe('the timer of deadlines', () => {
  it('fires after the earliest, asks for the next, and not after it was stopped', async () => {
    const start = performance.now();
    const fired: number[] = [];
    const left = [start + 90];
    const timer = new DeadlineTimer(clock, () => {
      fired.push(performance.now() - start);
      return left.shift();
    });
    timer.watch(start + 60);
    timer.watch(start + 30);
    timer.watch(start + 500);
    await wait(200);
    expect(fired).toHaveLength(2);
    expect(fired[0]).toBeGreaterThanOrEqual(30);
    expect(fired[1]).toBeGreaterThanOrEqual(90);
    timer.watch(performance.now() + 10);
    timer.stop();
    await wait(50);
    expect(fired).toHaveLength(2);
  });
});

describe('batching.maxDelayMs', () => {
  it('lets an idle session wait for more rows, but not longer', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime, { clock, queueRows: 100, settings: { batching: { maxDelayMs: 60 } } });
    const start = performance.now();
    const first = engine.infer(request(1));
    await wait(15);
    const second = engine.infer(request(2));
    const answers = await Promise.all([first, second]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(59);
    expect(answers.map(({ batchRows }) => batchRows)).toEqual([2, 2]);
    expect(runsOf(runtime)).toEqual([[1, 2]]);
  });

  it('does not hold back a full batch, nor what waits when the engine closes', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime, {
      clock,
      queueRows: 100,
      settings: { batching: { maxDelayMs: 60_000 } },
    });
    const full = Array.from({ length: 8 }, (_, at) => engine.infer(request(at + 1)));
    expect((await Promise.all(full)).map(({ batchRows }) => batchRows)).toEqual(Array(8).fill(8));
    const last = engine.infer(request(9));
    await engine.close();
    expect((await last).batchRows).toBe(1);
  });
});

describe('a run that does not end within limits.runTimeoutMs', () => {
  it('fails its batch and the model, refuses what comes, and tells that the process has to end', async () => {
    const runtime = fakeRuntime();
    const { engine, hung } = await started(runtime, { clock, settings: { limits: { runTimeoutMs: 100 } } });
    runtime.gate = makeGate().gate;
    const [running, waiting] = [failure(engine.infer(request(1))), failure(engine.infer(request(2)))];
    expect(await running).toBe('worker-died');
    expect(await waiting).toBe('worker-died');
    expect(hung).toEqual(['a run did not end within 100 ms (limits.runTimeoutMs)']);
    expect(engine.status('m')).toMatchObject({ state: 'failed', reason: hung[0] });
    expect(engine.isReady()).toBe(false);
    expect(await failure(engine.infer(request(3)))).toBe('not-ready');
  });

  it('is counted anew for each run, also for those of a batch that is run again one by one', async () => {
    const runtime = fakeRuntime();
    const { engine, hung } = await started(runtime, {
      clock,
      queueRows: 100,
      settings: { limits: { runTimeoutMs: 900 }, batching: { maxDelayMs: 20 } },
    });
    runtime.refuse = (inputs) => ((inputs.get('x')?.dims[0] ?? 0) > 1 ? 'not together' : undefined);
    runtime.gate = wait(400);
    const requests = [1, 2].map((id) => engine.infer(request(id)));
    setTimeout(() => {
      runtime.gate = wait(400);
    }, 350);
    await Promise.all(requests);
    expect(hung).toEqual([]);
    await engine.close();
  });
});

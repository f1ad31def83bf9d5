/** The engine: placement by measurement, a bounded queue, deadlines, dead workers, drain. Faults by a fake runtime, truth by the real one. */
import { describe, expect, it } from 'vitest';
import { createEngine, threadsOf } from '../../src/engine/create-engine.ts';
import type { InferRequest } from '../../src/engine/engine.ts';
import { realRuntime } from '../../src/io/runtime.ts';
import type { Signature } from '../../src/model/signature.ts';
import { type FakeRuntime, fakeRuntime, makeGate } from '../support/fake-runtime.ts';
import { fixturePath, readCases } from '../support/fixtures.ts';
import { failure, idOf, idsRun, make, model, numbersOf, request, runsOf, started, turn } from './support.ts';

describe('a model on its way to ready', () => {
  it('is loading, then warming, then ready, and refuses work before', async () => {
    const runtime = fakeRuntime();
    const { gate, open } = makeGate();
    runtime.gate = gate;
    const { engine } = make(runtime);
    expect(engine.status('m')?.state).toBe('loading');
    const start = engine.start();
    await turn();
    expect(engine.status('m')?.state).toBe('warming');
    expect(engine.isReady()).toBe(false);
    expect(await failure(engine.infer(request(1)))).toBe('not-ready');
    open();
    await start;
    expect(engine.status('m')?.state).toBe('ready');
    expect(engine.isReady()).toBe(true);
  });

  it('is failed with the words of the runtime when it does not load', async () => {
    const runtime = fakeRuntime();
    runtime.loadError = 'bad operator';
    const { engine } = await started(runtime);
    expect(engine.status('m')).toMatchObject({ state: 'failed', reason: 'bad operator' });
    expect(engine.isReady()).toBe(false);
    expect(await failure(engine.infer(request(1)))).toBe('not-ready');
    await engine.close();
  });

  it('is served from a worker when it refuses made-up inputs', async () => {
    const runtime = fakeRuntime();
    runtime.runError = 'empty text';
    const { engine, lines } = await started(runtime, { mode: 'auto' });
    expect(engine.status('m')?.placement).toEqual({ mode: 'worker', p95Ms: undefined, rows: 1 });
    expect(lines.join()).toContain('empty text');
    runtime.runError = undefined;
    expect((await engine.infer(request(1))).inferMs).toBe(1);
  });
});

describe('the placement', () => {
  it.each([
    { runMs: 0.02, mode: 'inline', rows: 8 },
    { runMs: 0.6, mode: 'worker', rows: 1 },
  ])('of a model with runs of $runMs ms is $mode', async ({ runMs, mode, rows }) => {
    const runtime = fakeRuntime();
    runtime.runMs = runMs;
    const { engine } = await started(runtime, { mode: 'auto' });
    expect(engine.status('m')?.placement).toEqual({ mode, p95Ms: runMs, rows });
    const live = runtime.sessions.filter((session) => !session.isReleased);
    expect(live.map((session) => session.place)).toEqual([mode]);
  });

  it.each([
    { what: 'nothing', runMs: 0, mode: 'inline', rows: 1, maxRows: 1, reason: 'a row takes as long in one as alone' },
    { what: 'something', runMs: 0.1, mode: 'worker', rows: 8, maxRows: 8, reason: undefined },
  ])('of a quick model that gains $what by slow batches is $mode', async ({ runMs, mode, rows, maxRows, reason }) => {
    const runtime = fakeRuntime();
    runtime.runMs = runMs;
    runtime.rowMs = 0.3;
    const { engine } = await started(runtime, { mode: 'auto' });
    expect(engine.status('m')?.placement).toMatchObject({ mode, rows });
    expect(engine.status('m')?.batching).toMatchObject({ maxRows, reason });
    const asked = await started(runtime, { mode: 'worker' });
    expect(asked.engine.status('m')?.batching).toMatchObject({ maxRows: 8, reason: undefined });
  });

  it('of a model that is quick for certain is tried in the main thread first, and moves when it is not', async () => {
    const quick = fakeRuntime();
    quick.runMs = 0.6;
    const { engine } = await started(quick, { mode: 'auto', isQuick: true });
    expect(engine.status('m')?.placement?.mode).toBe('inline');
    expect(quick.sessions.map((session) => session.place)).toEqual(['inline']);
    const slow = fakeRuntime();
    slow.runMs = 6;
    const moved = await started(slow, { mode: 'auto', isQuick: true });
    expect(moved.engine.status('m')?.placement?.mode).toBe('worker');
    expect(slow.sessions.map(({ place, isReleased }) => ({ place, isReleased }))).toEqual([
      { place: 'inline', isReleased: true },
      { place: 'worker', isReleased: false },
    ]);
  });

  it('of real models: iris inline, the slow one in a worker', async () => {
    const clock = { now: () => Date.now(), monotonic: () => performance.now() };
    for (const [name, mode] of [
      ['real/iris', 'inline'],
      ['protocol/slow', 'worker'],
    ] as const) {
      const { inputs, outputs } = readCases(name);
      const [input = ''] = inputs.keys();
      const columns = inputs.get(input)?.dims[1] ?? 1;
      const signature: Signature = {
        inputs: [{ kind: 'tensor', name: input, elementType: 'float32', shape: ['N', columns] }],
        defaultedInputs: [],
        outputs: [],
      };
      const { engine } = await started(realRuntime(), { mode: 'auto', path: fixturePath(name), signature, clock });
      expect(engine.status('m')?.placement?.mode, name).toBe(mode);
      const result = await engine.infer({ model: 'm', inputs, rows: 1, outputs: [...outputs.keys()] });
      expect([...result.outputs.keys()]).toEqual([...outputs.keys()]);
      expect(result.inferMs).toBeGreaterThan(0);
      await engine.close();
      expect(engine.status('m')?.state).toBe('unloaded');
    }
  });

  it('gives every session at least one thread and leaves one CPU to the event loop', () => {
    expect([threadsOf(1, 1), threadsOf(2, 1), threadsOf(8, 1), threadsOf(8, 2), threadsOf(4, 9)]).toEqual([
      1, 1, 7, 3, 1,
    ]);
  });
});

describe('the queue', () => {
  it('runs requests in order, and answers each with its own result', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime);
    const answers = await Promise.all([1, 2, 3].map((id) => engine.infer(request(id))));
    expect(answers.map(({ outputs }) => idOf(outputs))).toEqual([1, 2, 3]);
    expect(idsRun(runtime)).toEqual([1, 2, 3]);
  });

  it('runs as many at once as there are sessions', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime, { instances: 2 });
    const { gate, open } = makeGate();
    runtime.gate = gate;
    const answers = [1, 2, 3].map((id) => engine.infer(request(id)));
    await turn();
    expect(idsRun(runtime).sort()).toEqual([1, 2]);
    expect(engine.status('m')?.queuedRows).toBe(1);
    open();
    await Promise.all(answers);
  });

  it('refuses what would make more than its rows wait, and counts rows, not requests', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime);
    const { gate, open } = makeGate();
    runtime.gate = gate;
    const running = engine.infer(request(1));
    const waiting = engine.infer(request(2, { rows: 3 }));
    expect(await failure(engine.infer(request(3, { rows: 2 })))).toBe('queue-full');
    const fits = engine.infer(request(4));
    open();
    await Promise.all([running, waiting, fits]);
    expect(idsRun(runtime)).toEqual([1, 2, 4]);
  });

  it('lets a request larger than the bound wait alone', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime);
    const { gate, open } = makeGate();
    runtime.gate = gate;
    const running = engine.infer(request(1));
    const large = engine.infer(request(2, { rows: 50 }));
    open();
    await Promise.all([running, large]);
  });

  it('never runs what was cancelled or is past its deadline, and makes room for the living', async () => {
    const runtime = fakeRuntime();
    const { engine, time } = await started(runtime);
    const { gate, open } = makeGate();
    runtime.gate = gate;
    const client = new AbortController();
    const running = engine.infer(request(1));
    const cancelled = failure(engine.infer(request(2, { rows: 2, signal: client.signal })));
    const late = failure(engine.infer(request(3, { rows: 2, deadline: 100 })));
    client.abort();
    time.now = 101;
    const alive = engine.infer(request(4, { rows: 4, deadline: 200 }));
    expect(await cancelled).toBe('cancelled');
    expect(await late).toBe('deadline-exceeded');
    open();
    await Promise.all([running, alive]);
    expect(idsRun(runtime)).toEqual([1, 4]);
    expect((await alive).queueMs).toBe(0);
  });

  it('measures the wait and not the run', async () => {
    const runtime = fakeRuntime();
    const { engine, time } = await started(runtime);
    const { gate, open } = makeGate();
    runtime.gate = gate;
    const running = engine.infer(request(1));
    const waiting = engine.infer(request(2));
    time.now = 40;
    open();
    await running;
    expect(await waiting).toMatchObject({ queueMs: 40, inferMs: 1, batchRows: 1 });
  });

  it('tells what was done around the run from the run', async () => {
    const runtime = fakeRuntime();
    const { engine, time } = await started(runtime);
    const { gate, open } = makeGate();
    runtime.gate = gate;
    const running = engine.infer(request(1));
    time.now = 7;
    open();
    expect(await running).toMatchObject({ queueMs: 0, inferMs: 1, aroundMs: 6, isFirst: true });
  });

  it('fails a run alone: the next one is served', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime);
    runtime.runError = 'bad index';
    await expect(engine.infer(request(1))).rejects.toMatchObject({ failure: 'runtime-failed', message: 'bad index' });
    runtime.runError = undefined;
    expect(idOf((await engine.infer(request(2))).outputs)).toBe(2);
  });

  it('knows no model but its own', async () => {
    const { engine } = await started(fakeRuntime());
    expect(await failure(engine.infer(request(1, { model: 'other' })))).toBe('not-ready');
    expect(engine.status('other')).toBeUndefined();
  });
});

describe('a batch', () => {
  /** Lets `ids` wait behind a first request, then runs them. */
  async function queued(
    runtime: FakeRuntime,
    made: Awaited<ReturnType<typeof started>>,
    requests: readonly InferRequest[],
  ) {
    const { gate, open } = makeGate();
    runtime.gate = gate;
    const first = made.engine.infer(request(99));
    const waiting = Promise.allSettled(requests.map((each) => made.engine.infer(each)));
    runtime.gate = undefined;
    open();
    await first;
    return await waiting;
  }

  it('is what waits when the session becomes free, split again by rows, each job told the size of its run', async () => {
    const runtime = fakeRuntime();
    const made = await started(runtime, { queueRows: 100 });
    const results = await queued(runtime, made, [request(1), request(2, { rows: 3 }), request(3)]);
    expect(runsOf(runtime)).toEqual([[99], [1, 2, 3]]);
    const answers = results.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
    expect(answers.map((answer) => answer?.batchRows)).toEqual([5, 5, 5]);
    expect(answers.map((answer) => answer?.isFirst)).toEqual([true, false, false]);
    expect(answers.map((answer) => answer?.outputs.get('x')?.dims)).toEqual([
      [1, 2],
      [3, 2],
      [1, 2],
    ]);
    expect(answers.map((answer) => numbersOf(answer?.outputs))).toEqual([
      [1, 0],
      [2, 0, 0, 0, 0, 0],
      [3, 0],
    ]);
  });

  it('has at most batching.maxRows rows, keeps the order of its kind, and leaves larger requests alone', async () => {
    const runtime = fakeRuntime();
    const made = await started(runtime, { queueRows: 100 });
    const rows = [5, 4, 1, 9, 8, 2];
    await queued(
      runtime,
      made,
      rows.map((each, at) => request(at + 1, { rows: each })),
    );
    expect(runsOf(runtime)).toEqual([[99], [1], [2, 3], [4], [5], [6]]);
  });

  it('holds one shape class: other dims or other outputs run apart, in their own batches', async () => {
    const runtime = fakeRuntime();
    const made = await started(runtime, { queueRows: 100 });
    const wide = (id: number): InferRequest => ({
      ...request(id),
      inputs: new Map([['x', { type: 'float32', dims: [1, 3], data: Float32Array.of(id, 0, 0) }]]),
    });
    const asked = [
      request(1),
      wide(2),
      request(3, { outputs: ['x'] }),
      request(4),
      wide(5),
      request(6, { alone: true }),
    ];
    await queued(runtime, made, asked);
    expect(runsOf(runtime)).toEqual([[99], [1, 4], [2, 5], [3], [6]]);
  });

  it('that fails is run again job by job, so that only the bad request fails', async () => {
    const runtime = fakeRuntime();
    const made = await started(runtime, { queueRows: 100 });
    runtime.refuse = (inputs) => (numbersOf(inputs).includes(2) ? 'bad index' : undefined);
    const results = await queued(runtime, made, [request(1), request(2), request(3)]);
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value.batchRows : result.reason))).toEqual([
      1,
      expect.objectContaining({ failure: 'runtime-failed', message: 'bad index' }),
      1,
    ]);
    expect(runsOf(runtime)).toEqual([[99], [1, 2, 3], [1], [2], [3]]);
  });

  it('fails as a whole when its worker dies: running it again could kill the next', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime, { queueRows: 100 });
    const first = makeGate();
    runtime.gate = first.gate;
    const running = engine.infer(request(1));
    const batch = [2, 3].map((id) => failure(engine.infer(request(id))));
    const second = makeGate();
    runtime.gate = second.gate;
    first.open();
    await running;
    await turn();
    runtime.gate = undefined;
    runtime.sessions[0]?.die('out of memory');
    expect(await Promise.all(batch)).toEqual(['worker-died', 'worker-died']);
    await engine.close();
  });

  it('leaves out what was cancelled or came too late', async () => {
    const runtime = fakeRuntime();
    const made = await started(runtime, { queueRows: 100 });
    made.time.now = 10;
    const late = request(2, { deadline: 5 });
    const gone = request(3, { signal: AbortSignal.abort() });
    const results = await queued(runtime, made, [request(1), late, gone, request(4)]);
    expect(runsOf(runtime)).toEqual([[99], [1, 4]]);
    const failures = results.map((result) => (result.status === 'rejected' ? result.reason.failure : 'answered'));
    expect(failures).toEqual(['answered', 'deadline-exceeded', 'cancelled', 'answered']);
  });

  it('is what arrives in one turn of the event loop when the model runs in this thread', async () => {
    const runtime = fakeRuntime();
    runtime.runMs = 0.01;
    const { engine } = await started(runtime, { mode: 'auto', queueRows: 100 });
    const answers = await Promise.all([1, 2, 3].map((id) => engine.infer(request(id))));
    expect(answers.map(({ outputs }) => idOf(outputs))).toEqual([1, 2, 3]);
    expect(runsOf(runtime)).toEqual([[1, 2, 3]]);
    const cancelled = failure(engine.infer(request(4, { signal: AbortSignal.abort() })));
    await engine.close();
    expect(await cancelled).toBe('cancelled');
  });

  it('is not made when the answers of several rows do not have as many rows, whatever the warm-up saw', async () => {
    const runtime = fakeRuntime();
    const made = await started(runtime, { queueRows: 100 });
    runtime.reshape = ({ type, data }) => ({ type, dims: [1, data.length], data });
    const results = await queued(runtime, made, [request(1), request(2)]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled']);
    expect(runsOf(runtime)).toEqual([[99], [1, 2], [1], [2]]);
    expect(made.engine.status('m')?.batching?.maxRows).toBe(1);
    expect(made.lines.join()).toContain('do not share a run any more');
  });
});

describe('a dying worker', () => {
  it('fails the run in flight; what waits is answered by its successor', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime);
    const { gate } = makeGate();
    runtime.gate = gate;
    const inFlight = failure(engine.infer(request(1)));
    const waiting = engine.infer(request(2));
    runtime.gate = undefined;
    runtime.sessions[0]?.die('out of memory');
    expect(engine.isReady()).toBe(false);
    expect(await inFlight).toBe('worker-died');
    expect(idOf((await waiting).outputs)).toBe(2);
    expect(engine.isReady()).toBe(true);
    expect(runtime.sessions).toHaveLength(2);
  });

  it('takes the model down when it dies three times within a minute', async () => {
    const runtime = fakeRuntime();
    const { engine, time } = await started(runtime);
    for (let death = 0; death < 2; death++) {
      runtime.sessions.at(-1)?.die('segmentation fault');
      await expect.poll(() => engine.isReady()).toBe(true);
    }
    time.now = 70_000;
    runtime.sessions.at(-1)?.die('later');
    await expect.poll(() => engine.isReady()).toBe(true);
    runtime.sessions.at(-1)?.die('and');
    await expect.poll(() => engine.isReady()).toBe(true);
    runtime.sessions.at(-1)?.die('again');
    expect(engine.status('m')).toMatchObject({ state: 'failed', reason: 'again; 3 times within a minute' });
    await engine.close();
  });

  it('that dies while it warms up means a failed load, not a session of the dead', async () => {
    const runtime = fakeRuntime();
    const { gate } = makeGate();
    runtime.gate = gate;
    const { engine } = make(runtime);
    const start = engine.start();
    await turn();
    runtime.sessions[0]?.die('illegal instruction');
    await start;
    expect(engine.status('m')).toMatchObject({ state: 'failed', reason: 'illegal instruction' });
  });
});

describe('closing', () => {
  it('refuses new work, finishes what was admitted, releases every session, and may be asked twice', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime, { instances: 2 });
    const { gate, open } = makeGate();
    runtime.gate = gate;
    const admitted = [1, 2, 3, 4].map((id) => engine.infer(request(id)));
    const closing = engine.close();
    expect(engine.status('m')?.state).toBe('draining');
    expect(await failure(engine.infer(request(5)))).toBe('not-ready');
    expect(runtime.sessions.some((session) => session.isReleased)).toBe(false);
    open();
    await Promise.all([closing, engine.close()]);
    const answers = await Promise.all(admitted);
    expect(answers.map(({ outputs }) => idOf(outputs))).toEqual([1, 2, 3, 4]);
    expect(runtime.sessions.every((session) => session.isReleased)).toBe(true);
    expect(engine.status('m')?.state).toBe('unloaded');
  });

  it('waits for a load under way and releases what it brought', async () => {
    const runtime = fakeRuntime();
    const { gate, open } = makeGate();
    runtime.gate = gate;
    const { engine } = make(runtime);
    const start = engine.start();
    await turn();
    const closing = engine.close();
    open();
    await Promise.all([start, closing]);
    expect(runtime.sessions.every((session) => session.isReleased)).toBe(true);
    expect(engine.isReady()).toBe(false);
  });

  it('loads nothing more once it was asked to end: models still waiting for their turn stay unloaded', async () => {
    const runtime = fakeRuntime();
    const { gate, open } = makeGate();
    runtime.gate = gate;
    const names = Array.from({ length: 9 }, (_, at) => `m${at}`);
    const engine = createEngine({
      models: names.map((name) => ({ ...model(runtime), key: name, name })),
      clock: { now: () => 0, monotonic: () => 0 },
      cpus: 2,
      onHang: () => {},
    });
    const start = engine.start();
    await turn();
    const closing = engine.close();
    open();
    await Promise.all([start, closing]);
    expect(runtime.sessions.length).toBeLessThan(names.length);
    expect(runtime.sessions.every((session) => session.isReleased)).toBe(true);
    expect(engine.statuses().map(({ state }) => state)).toEqual(names.map(() => 'unloaded'));
  });
});

/** Models that come and go while others serve. */
import { describe, expect, it } from 'vitest';
import { fakeRuntime, makeGate } from '../support/fake-runtime.ts';
import { failure, idOf, model, request, started } from './support.ts';

describe('a model that is added', () => {
  it('is loaded beside the others, which serve meanwhile, and counts once it is ready', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime);
    const second = fakeRuntime();
    const { gate, open } = makeGate();
    second.gate = gate;
    const adding = engine.add({ ...model(second), key: 'm2' });
    expect(engine.isReady()).toBe(true);
    expect(engine.status('m2')).toBeUndefined();
    expect(idOf((await engine.infer(request(1))).outputs)).toBe(1);
    open();
    await adding;
    expect(engine.statuses().map(({ key, state }) => [key, state])).toEqual([
      ['m', 'ready'],
      ['m2', 'ready'],
    ]);
    expect(idOf((await engine.infer(request(2, { model: 'm2' }))).outputs)).toBe(2);
    await engine.close();
    expect([...runtime.sessions, ...second.sessions].every(({ isReleased }) => isReleased)).toBe(true);
  });

  it('leaves nothing behind when it does not load', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime);
    const bad = fakeRuntime();
    bad.loadError = 'bad operator';
    await expect(engine.add({ ...model(bad), key: 'm2' })).rejects.toThrow('bad operator');
    expect(engine.statuses().map(({ key }) => key)).toEqual(['m']);
    expect(engine.isReady()).toBe(true);
    await engine.close();
  });
});

describe('a model that is removed', () => {
  it('answers what it was given, is freed, and takes nothing more', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime);
    const { gate, open } = makeGate();
    runtime.gate = gate;
    const given = [engine.infer(request(1)), engine.infer(request(2))];
    const removing = engine.remove('m');
    expect(engine.status('m')).toBeUndefined();
    expect(await failure(engine.infer(request(3)))).toBe('not-ready');
    open();
    expect((await Promise.all(given)).map(({ outputs }) => idOf(outputs))).toEqual([1, 2]);
    await removing;
    expect(runtime.sessions.every(({ isReleased }) => isReleased)).toBe(true);
    expect(engine.isReady()).toBe(false);
  });

  it('is waited for when the engine closes meanwhile', async () => {
    const runtime = fakeRuntime();
    const { engine } = await started(runtime);
    const { gate, open } = makeGate();
    runtime.gate = gate;
    const given = engine.infer(request(1));
    void engine.remove('m');
    let isClosed = false;
    const closing = engine.close().then(() => {
      isClosed = true;
    });
    await new Promise((wake) => setTimeout(wake, 20));
    expect(isClosed).toBe(false);
    open();
    await closing;
    await given;
    await engine.remove('nobody');
  });
});

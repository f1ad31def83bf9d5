/** The native runtime behind its port: every fixture's expected outputs inline and in a worker, errors in its own words, release. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { realRuntime } from '../../src/io/runtime.ts';
import { movable, transferable } from '../../src/io/worker-protocol.ts';
import type { Tensor } from '../../src/model/tensor.ts';
import type { Runtime, Session } from '../../src/ports.ts';
import { fixturePath, listFixtures, readCases } from '../support/fixtures.ts';
import { graph, model, node, value } from '../support/onnx-writer.ts';
import { tempFolder } from '../support/temp.ts';

const OPTIONS = { threads: 1 };
const noDeath = (reason: string): void => {
  throw new Error(reason);
};
let runtime: Runtime;

beforeAll(() => {
  runtime = realRuntime();
});

type Load = (path: string) => Promise<Session>;
const ways: readonly (readonly [string, Load])[] = [
  ['inline', (path) => runtime.loadInline(path, OPTIONS)],
  ['in a worker', (path) => runtime.loadInWorker(path, OPTIONS, noDeath)],
];

function expectClose(actual: Tensor | undefined, expected: Tensor, where: string): void {
  expect(actual?.type, where).toBe(expected.type);
  expect(actual?.dims, where).toEqual(expected.dims);
  expect(actual?.data.length, where).toBe(expected.data.length);
  const isFloat = expected.type === 'float32' || expected.type === 'float64';
  expected.data.forEach((cell: unknown, at: number) => {
    const answered = actual?.data[at];
    const near =
      isFloat &&
      Number.isFinite(cell) &&
      Math.abs(Number(answered) - Number(cell)) <= 1e-5 * Math.abs(Number(cell)) + 1e-7;
    if (!near) expect(answered, `${where}[${at}]`).toStrictEqual(cell);
  });
}

describe.each(ways)('a session %s', (_way, load) => {
  const fixtures = [...listFixtures('real', 'cases.json'), ...listFixtures('protocol', 'cases.json')].filter(
    // ZipMap answers maps, which onnxruntime-node cannot return; `slow` takes seconds.
    (name) => !name.endsWith('-zipmap') && name !== 'protocol/slow',
  );

  it('computes what Python computed, for every fixture model', { timeout: 120_000 }, async () => {
    expect(fixtures.length).toBeGreaterThan(25);
    for (const name of fixtures) {
      const session = await load(fixturePath(name));
      const { inputs, outputs } = readCases(name);
      const answer = await session.run(inputs, [...outputs.keys()]);
      for (const [output, expected] of outputs) expectClose(answer.outputs.get(output), expected, `${name} ${output}`);
      expect(answer.runMs).toBeGreaterThan(0);
      await session.release();
    }
  });

  it('rejects a file that is not a model with the words of the runtime', async () => {
    const path = join(await tempFolder(), 'bad.onnx');
    writeFileSync(path, 'not a model');
    await expect(load(path)).rejects.toThrow(/protobuf parsing failed/i);
  });

  it('refuses a model whose output name would be lost', async () => {
    const path = join(await tempFolder(), 'lost.onnx');
    const identity = node({ op: 'Identity', inputs: ['x'], outputs: ['__proto__'] });
    const body = graph({ nodes: [identity], inputs: [value('x', 1, ['N'])], outputs: [value('__proto__', 1, ['N'])] });
    writeFileSync(path, model(body));
    await expect(load(path)).rejects.toThrow("an output called '__proto__'");
  });

  it('rejects a run that the runtime refuses, and runs the next one', async () => {
    const session = await load(fixturePath('protocol/identity-int64'));
    const [input = ''] = session.inputNames;
    const wrong: Tensor = { type: 'float32', dims: [1], data: new Float32Array(1) };
    await expect(session.run(new Map([[input, wrong]]), session.outputNames)).rejects.toThrow(/int64/);
    await expect(session.run(new Map(), session.outputNames)).rejects.toThrow(/missing/);
    const { inputs, outputs } = readCases('protocol/identity-int64');
    const answer = await session.run(inputs, session.outputNames);
    expect([...answer.outputs.values()][0]?.data).toEqual([...outputs.values()][0]?.data);
    await session.release();
  });

  it('releases twice without harm, and after the run in flight', async () => {
    const session = await load(fixturePath('real/iris'));
    const { inputs } = readCases('real/iris');
    const running = session.run(inputs, session.outputNames);
    await Promise.all([session.release(), session.release()]);
    expect((await running).outputs.size).toBe(session.outputNames.length);
  });
});

describe('two workers', () => {
  it('leave this thread free while they run', async () => {
    const session = await runtime.loadInWorker(fixturePath('protocol/slow'), OPTIONS, noDeath);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const { runMs } = await session.run(readCases('protocol/slow').inputs, session.outputNames);
    clearInterval(timer);
    expect(runMs).toBeGreaterThan(50);
    expect(ticks).toBeGreaterThan(5);
    await session.release();
  });
});

describe('tensors on their way to a worker', () => {
  it('move when they own their buffer, and are copied when they are a view', () => {
    const body = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
    const whole: Tensor = { type: 'uint8', dims: [8], data: body };
    const view: Tensor = { type: 'uint8', dims: [2], data: body.subarray(2, 4) };
    const text: Tensor = { type: 'string', dims: [1], data: ['a'] };
    const moving = movable(
      new Map([
        ['whole', whole],
        ['view', view],
        ['text', text],
      ]),
    );
    expect(moving.get('whole')?.data).toBe(body);
    expect(moving.get('view')?.data).toEqual(new Uint8Array([3, 4]));
    expect(transferable(new Map([['view', moving.get('view') ?? view]]))[0]?.byteLength).toBe(2);
    expect(transferable(moving)).toHaveLength(2);
  });

  it('that share one buffer move it once', () => {
    const data = new Float32Array(2);
    const tensor: Tensor = { type: 'float32', dims: [2], data };
    expect(
      transferable(
        new Map([
          ['a', tensor],
          ['b', tensor],
        ]),
      ),
    ).toEqual([data.buffer]);
  });
});

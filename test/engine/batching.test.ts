/** Batches by the real runtime: whatever shares a run, each answer is the one its rows give alone. */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/create-engine.ts';
import type { Engine, InferResult } from '../../src/engine/engine.ts';
import { rowComparison } from '../../src/engine/row-tolerance.ts';
import { sliceRows, stackRows } from '../../src/engine/stack-rows.ts';
import { realRuntime } from '../../src/io/runtime.ts';
import type { Signature } from '../../src/model/signature.ts';
import { elementCount, type Tensor, type Tensors } from '../../src/model/tensor.ts';
import type { Session } from '../../src/ports.ts';
import { memoryLog } from '../support/fake-runtime.ts';
import { fixturePath, readCases, readOnnxJson } from '../support/fixtures.ts';
import { modelSettings } from '../support/service-settings.ts';

const MAX_ROWS = 8;
const runtime = realRuntime();
const closing: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const close of closing) await close();
});

interface Loaded {
  readonly engine: Engine;
  /** The same model without an engine. */
  readonly session: Session;
  readonly lines: readonly string[];
}

async function load(name: string, mode: 'inline' | 'worker' = 'inline'): Promise<Loaded> {
  const log = memoryLog();
  const engine = createEngine({
    models: [
      {
        ...{ key: 'm', name: 'm', version: '1.0.0', path: fixturePath(name), runtime, log },
        signature: readOnnxJson(name) as Signature,
        settings: modelSettings({
          engine: { mode, threads: 1 },
          batching: { maxRows: MAX_ROWS },
          limits: { queueRows: 1e6 },
        }),
      },
    ],
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    cpus: 2,
    onHang: () => {},
  });
  await engine.start();
  const session = await runtime.loadInline(fixturePath(name), { threads: 1 });
  closing.push(async () => {
    await engine.close();
    await session.release();
  });
  return { engine, session, lines: log.lines };
}

/** Bit for bit, so that NaN equals itself and -0 is not 0. */
const bitsOf = ({ type, dims, data }: Tensor): unknown => [
  type,
  dims,
  Array.isArray(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
];
const allBits = (tensors: Tensors): string =>
  JSON.stringify([...tensors].map(([name, tensor]) => [name, bitsOf(tensor)]).sort());

const float = fc.double({ min: -10, max: 10, noNaN: true }).map(Math.fround);
const floats = (name: string, columns: number) => (rows: number) =>
  fc
    .array(float, { minLength: rows * columns, maxLength: rows * columns })
    .map(
      (data): Tensors => new Map([[name, { type: 'float32', dims: [rows, columns], data: Float32Array.from(data) }]]),
    );

/** Rows of the fixture's own case, in any order. */
function casesOf(name: string): (rows: number) => fc.Arbitrary<Tensors> {
  const { inputs } = readCases(name);
  const total = [...inputs.values()][0]?.dims[0] ?? 0;
  return (rows) =>
    fc
      .array(fc.nat(total - 1), { minLength: rows, maxLength: rows })
      .map((picks) => stackRows(picks.map((pick) => sliceRows(inputs, pick, pick + 1))));
}

/** One cell in a few hundred is no number, which the model refuses. */
const cell = fc.oneof(
  { weight: 600, arbitrary: fc.integer({ min: -99, max: 99 }).map(String) },
  { weight: 1, arbitrary: fc.constant('many') },
);
const strings = (rows: number): fc.Arbitrary<Tensors> => {
  const dims = [rows, 16];
  const data = fc.array(cell, { minLength: elementCount(dims), maxLength: elementCount(dims) });
  return fc.tuple(data, data).map(
    ([a, b]): Tensors =>
      new Map([
        ['INPUT0', { type: 'string', dims, data: a }],
        ['INPUT1', { type: 'string', dims, data: b }],
      ]),
  );
};

interface Model {
  readonly name: string;
  readonly rowsOf: (rows: number) => fc.Arbitrary<Tensors>;
  /** A run of one row uses another kernel, so that one row has to run as two of itself. */
  readonly doubles: boolean;
  readonly batches: boolean;
}

const MODELS: readonly Model[] = [
  { name: 'real/iris', rowsOf: floats('float_input', 4), doubles: true, batches: true },
  { name: 'real/mixed', rowsOf: casesOf('real/mixed'), doubles: true, batches: true },
  { name: 'protocol/simple-string', rowsOf: strings, doubles: false, batches: true },
  { name: 'protocol/subgraphs', rowsOf: floats('X', 2), doubles: false, batches: false },
  {
    name: 'protocol/two-dynamic',
    rowsOf: (rows) => fc.integer({ min: 1, max: 3 }).chain((columns) => floats('X', columns)(rows)),
    doubles: false,
    batches: true,
  },
];

/** Requests of 1 to 11 rows, some of which wait a turn or two of the event loop before they are sent. */
const trafficOf = (rowsOf: Model['rowsOf']) =>
  fc.array(
    fc.record({
      inputs: fc
        .oneof(
          { weight: 4, arbitrary: fc.constant(1) },
          { weight: 1, arbitrary: fc.integer({ min: 2, max: MAX_ROWS + 3 }) },
        )
        .chain(rowsOf),
      turns: fc.nat(2),
    }),
    { minLength: 2, maxLength: 24 },
  );

const rowsIn = (inputs: Tensors): number => [...inputs.values()][0]?.dims[0] ?? 0;
const copied = (tensors: Tensors): Tensors =>
  new Map([...tensors].map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() } as Tensor]));

describe.each(MODELS)('answers of $name', ({ name, rowsOf, doubles, batches }) => {
  it.each(['inline', 'worker'] as const)(
    'do not depend on what they share a run with (%s)',
    async (mode) => {
      const { engine, session } = await load(name, mode);
      expect(engine.status('m')?.batching).toMatchObject({ maxRows: batches ? MAX_ROWS : 1, doubles });
      let shared = 0;
      let refused = 0;
      const outputsOf = (inputs: Tensors) => session.run(copied(inputs), session.outputNames);
      await fc.assert(
        fc.asyncProperty(trafficOf(rowsOf), async (traffic) => {
          const expected = await Promise.all(
            traffic.map(({ inputs }) => outputsOf(inputs).catch((error: Error) => error.message)),
          );
          const answers = await Promise.all(
            traffic.map(async ({ inputs, turns }): Promise<InferResult | string> => {
              for (let each = 0; each < turns; each++) await new Promise((resume) => setImmediate(resume));
              const sent = { model: 'm', inputs: copied(inputs), rows: rowsIn(inputs) };
              return await engine.infer(sent).catch((error: Error) => error.message);
            }),
          );
          for (const [at, { inputs }] of traffic.entries()) {
            const [answer, own] = [answers[at], expected[at]];
            if (typeof own === 'string' || own === undefined || typeof answer === 'string' || answer === undefined) {
              expect(answer).toBe(own);
              refused++;
              continue;
            }
            const rows = rowsIn(inputs);
            expect(answer.batchRows).toBeGreaterThanOrEqual(rows);
            expect(answer.batchRows).toBeLessThanOrEqual(Math.max(MAX_ROWS, rows));
            if (answer.batchRows > rows) shared++;
            if (!doubles || rows > 1) {
              expect(allBits(answer.outputs)).toBe(allBits(own.outputs));
              continue;
            }
            // The same row twice, which is what runs also when nothing shares the run.
            const doubled = await outputsOf(stackRows([inputs, inputs]));
            expect(allBits(answer.outputs)).toBe(allBits(sliceRows(doubled.outputs, 0, 1)));
            expect(rowComparison(answer.outputs)(0, own.outputs)).toBeUndefined();
          }
        }),
        { numRuns: 40 },
      );
      if (batches) expect(shared).toBeGreaterThan(20);
      else expect(shared).toBe(0);
      if (name === 'protocol/simple-string') expect(refused).toBeGreaterThan(0);
    },
    60_000,
  );
});

describe('a model', () => {
  it.each([
    ['protocol/subgraphs', "output 'Y' of a row depends on the rows it is run with"],
    ['protocol/scalar-output', "output 'total' has shape [] for 1 row"],
    ['protocol/fixed-batch', 'the model has no open batch dimension'],
    ['protocol/no-batch', 'the model has no open batch dimension'],
  ])('that cannot be batched, %s, says so and why', async (name, reason) => {
    const { engine, lines } = await load(name);
    expect(engine.status('m')?.batching).toMatchObject({ maxRows: 1, reason });
    expect(lines.join('\n')).toContain(`requests do not share a run ${JSON.stringify({ reason })}`);
  });

  it('of floats, integers, strings, half floats or text is batched', async () => {
    for (const name of [
      'real/wine',
      'real/diabetes',
      'real/digits-cnn',
      'real/text',
      'protocol/fp16',
      'protocol/int64-big',
    ]) {
      const { engine } = await load(name);
      expect(engine.status('m')?.batching, name).toMatchObject({ maxRows: MAX_ROWS, reason: undefined });
    }
  });
});

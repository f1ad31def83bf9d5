import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServableType } from '../../../src/model/element-type.ts';
import type { Dimension, Signature } from '../../../src/model/signature.ts';
import { tensorEncoder } from '../../../src/service/rows/encode-tensors.ts';
import { NestedError, readNested } from '../../../src/service/rows/read-nested.ts';
import type { RowValue } from '../../../src/service/rows/row.ts';

type Input = readonly [name: string, type: ServableType, shape: readonly Dimension[] | null];
const signature = (...inputs: readonly Input[]): Signature => ({
  inputs: inputs.map(([name, elementType, shape]) => ({ kind: 'tensor', name, elementType, shape })),
  defaultedInputs: [],
  outputs: [],
});
const lines = (...values: readonly RowValue[]) => values.map((value, at) => ({ line: at + 1, value }));

describe('reading a nested array', () => {
  it('keeps order and shape', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
        fc.infiniteStream(fc.integer({ min: -1000, max: 1000 })),
        (dims, stream) => {
          const flat = [...stream.take(dims.reduce((product, dim) => product * dim, 1))];
          let nested: RowValue = flat;
          for (const dim of dims.slice(1).reverse()) {
            const list = nested as RowValue[];
            nested = Array.from({ length: list.length / dim }, (_, at) => list.slice(at * dim, (at + 1) * dim));
          }
          const read = readNested(dims.length === 0 ? (flat[0] ?? null) : nested, 'int32');
          expect(read).toEqual({ dims, data: Int32Array.from(flat) });
        },
      ),
    );
  });

  it.each<[ServableType, RowValue, unknown]>([
    ['int64', [2n ** 63n - 1n, -5], BigInt64Array.of(2n ** 63n - 1n, -5n)],
    ['uint64', [2n ** 64n - 1n], BigUint64Array.of(2n ** 64n - 1n)],
    ['float32', [0.1, 2n ** 60n], Float32Array.of(0.1, 2 ** 60)],
    ['float16', [1, -2], Uint16Array.of(0x3c00, 0xc000)],
    ['bool', [true, 0], Uint8Array.of(1, 0)],
    ['string', ['a', 'é'], ['a', 'é']],
    ['uint8', [], new Uint8Array(0)],
  ])('reads %s', (type, value, data) => {
    expect(readNested(value, type).data).toEqual(data);
  });

  it.each<[ServableType, RowValue]>([
    ['int8', [128]],
    ['uint8', [-1]],
    ['int32', [1.5]],
    ['int64', [2n ** 63n]],
    ['uint64', [-1]],
    ['float32', [1e39]],
    ['float16', [65520]],
    ['float32', ['1']],
    ['float32', [null]],
    ['bool', [2]],
    ['string', [1]],
    ['string', ['a\0b']],
    ['string', ['\ud800']],
    ['float32', [{}]],
    ['float32', [[1], [1, 2]]],
    ['float32', [[1], 2]],
    ['float32', [1, [2]]],
  ])('refuses what is not %s', (type, value) => {
    expect(() => readNested(value, type)).toThrow(NestedError);
  });
});

it('refuses lying shapes before it allocates for them', () => {
  const wide = new Array<number>(200_000).fill(0);
  const value = [[[wide]], ...new Array<RowValue>(200_000).fill([[[0]]])];
  expect(() => readNested(value, 'float64')).toThrow('unequal length');
});

describe('encoding rows of tensors', () => {
  it('stacks rows along the batch dimension, with or without it', () => {
    const encode = tensorEncoder(signature(['x', 'float32', ['N', 2]], ['id', 'int64', ['N']]));
    const { runs, bad } = encode(
      lines({ x: [1, 2], id: 7 }, { id: [8], x: [[3, 4]] }, { x: [5, 6, 7], id: 9 }, { x: [1, 2] }, [1, 2]),
    );
    expect(runs).toEqual([
      {
        rows: 2,
        inputs: new Map<string, unknown>([
          ['x', { type: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
          ['id', { type: 'int64', dims: [2], data: BigInt64Array.of(7n, 8n) }],
        ]),
      },
    ]);
    expect([...bad]).toEqual([
      [2, ['"x": expected shape [2]']],
      [3, ['"id": missing']],
      [4, ['expected an object of inputs']],
    ]);
  });

  it('makes a run of its own for rows of another shape', () => {
    const encode = tensorEncoder(signature(['t', 'string', ['N', null]]));
    const { runs } = encode(lines(['a'], ['b'], ['c', 'd'], { t: ['e'] }));
    expect(runs.map(({ rows, inputs }) => [rows, inputs.get('t')])).toEqual([
      [2, { type: 'string', dims: [2, 1], data: ['a', 'b'] }],
      [1, { type: 'string', dims: [1, 2], data: ['c', 'd'] }],
      [1, { type: 'string', dims: [1, 1], data: ['e'] }],
    ]);
  });

  it('calls a model without batch dimension once a row, with the whole tensor', () => {
    const encode = tensorEncoder(signature(['x', 'int32', [2]], ['s', 'int32', []]));
    const { runs, bad } = encode(lines({ x: [1, 2], s: 3 }, { x: [4, 5], s: 6 }, { x: [[1, 2]], s: 1 }));
    expect(runs.map(({ rows, inputs }) => [rows, inputs.get('x')?.dims, inputs.get('s')?.dims])).toEqual([
      [1, [2], []],
      [1, [2], []],
    ]);
    expect([...bad.keys()]).toEqual([2]);
  });

  it('takes inputs with names of the object prototype', () => {
    const encode = tensorEncoder(signature(['constructor', 'int8', ['N']]));
    expect([...encode(lines({})).bad]).toEqual([[0, ['"constructor": missing']]]);
    const named = JSON.parse('{"__proto__": 1}') as RowValue;
    expect(
      tensorEncoder(signature(['__proto__', 'int8', ['N']]))(lines(named)).runs[0]?.inputs.get('__proto__'),
    ).toEqual({
      type: 'int8',
      dims: [1],
      data: Int8Array.of(1),
    });
  });
});

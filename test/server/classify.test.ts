import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/model/tensor.ts';
import { classify } from '../../src/server/classify.ts';
import { Refusal } from '../../src/server/refusal.ts';

const float64 = (dims: readonly number[], ...values: number[]): Tensor => ({
  type: 'float64',
  dims,
  data: Float64Array.from(values),
});
const ask = (tensor: Tensor, classes: number, rows?: number, labels?: readonly string[]): Tensor =>
  classify(tensor, { classes, rows, labels });

/** Python's `'%f' % value`. */
const PRINTED: readonly [number, string][] = [
  [0.5, '0.500000'],
  [0.0078125, '0.007812'],
  [0.0234375, '0.023438'],
  [1023.9921875, '1023.992188'],
  [123456789.0078125, '123456789.007812'],
  [15.34623, '15.346230'],
  [-2.5, '-2.500000'],
  [-0, '-0.000000'],
  [2 ** -30, '0.000000'],
  [5e-7, '0.000000'],
  [1.5e-6, '0.000002'],
  [2.5e-6, '0.000003'],
  [0.9999999, '1.000000'],
  [1e22, '10000000000000000000000.000000'],
  [3.4028234663852886e38, '340282346638528859811704183484516925440.000000'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NEGATIVE_INFINITY, '-inf'],
  [Number.NaN, 'nan'],
];

describe('a classification', () => {
  it('has the largest values of each row first, with their places', () => {
    const { type, dims, data } = ask(float64([2, 3], 0.1, 0.7, 0.2, 5, 3, 4), 2, 2);
    expect({ type, dims, data }).toEqual({
      type: 'string',
      dims: [2, 2],
      data: ['0.700000:1', '0.200000:2', '5.000000:0', '4.000000:2'],
    });
  });

  it('names the places that have a label', () => {
    expect(ask(float64([1, 3], 1, 3, 2), 3, 1, ['legit', 'fraud']).data).toEqual([
      '3.000000:1:fraud',
      '2.000000:2',
      '1.000000:0:legit',
    ]);
  });

  it('has at most as many classes as there are values', () => {
    expect(ask(float64([2, 2], 1, 2, 3, 4), 1e15, 2).dims).toEqual([2, 2]);
    expect(ask(float64([0, 2]), 3, 0)).toMatchObject({ dims: [0], data: [] });
  });

  it('takes the whole output where it has no rows, whatever its dimensions', () => {
    expect(ask(float64([2, 2], 1, 2, 3, 4), 1)).toMatchObject({ dims: [1], data: ['4.000000:3'] });
    expect(ask(float64([], 7), 1)).toMatchObject({ dims: [1], data: ['7.000000:0'] });
    expect(ask(float64([2, 2, 1], 1, 2, 4, 3), 1, 2)).toMatchObject({
      dims: [2, 1],
      data: ['2.000000:1', '4.000000:0'],
    });
  });

  it('writes integers as they are, and floats as C does', () => {
    expect(ask({ type: 'int64', dims: [2], data: BigInt64Array.of(9007199254740993n, -1n) }, 2).data).toEqual([
      '9007199254740993:0',
      '-1:1',
    ]);
    expect(ask({ type: 'uint8', dims: [2], data: Uint8Array.of(1, 255) }, 2).data).toEqual(['255:1', '1:0']);
    for (const [value, text] of PRINTED) expect(ask(float64([1], value), 1).data, String(value)).toEqual([`${text}:0`]);
    expect(ask({ type: 'float32', dims: [1], data: Float32Array.of(0.1) }, 1).data).toEqual(['0.100000:0']);
  });

  it('is what sorting all values gives: the first among equals, NaN last', () => {
    const value = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(Number.NaN, -0, 0, Number.POSITIVE_INFINITY),
    );
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 32 }),
        (values, classes) => {
          const rank = (each: number): number => (Number.isNaN(each) ? 1e9 : -each);
          const order = values
            .map((each, at) => ({ at, key: rank(each) }))
            .toSorted((a, b) => a.key - b.key || a.at - b.at);
          const places = (ask(float64([values.length], ...values), classes).data as string[]).map((text) =>
            Number(text.split(':')[1]),
          );
          expect(places).toEqual(order.slice(0, classes).map(({ at }) => at));
        },
      ),
    );
  });

  it('is refused for types without an order and for outputs beyond a million values', () => {
    const refused = (tensor: Tensor): string => {
      try {
        ask(tensor, 1);
      } catch (error) {
        if (error instanceof Refusal && error.status === 400) return error.message;
      }
      throw new Error('not refused');
    };
    const text = (type: string) => `class result not available for output due to unsupported type '${type}'`;
    expect(refused({ type: 'string', dims: [1], data: ['a'] })).toBe(text('BYTES'));
    expect(refused({ type: 'float16', dims: [1], data: new Uint16Array(1) })).toBe(text('FP16'));
    expect(refused({ type: 'bool', dims: [1], data: new Uint8Array(1) })).toBe(text('BOOL'));
    const large: Tensor = { type: 'int8', dims: [1_000_001], data: new Int8Array(1_000_001) };
    expect(refused(large)).toBe('classification output tensor too large');
  });

  it('of a million values is one pass, not a sort', () => {
    const data = Float32Array.from({ length: 1_000_000 }, (_, at) => Math.sin(at));
    const start = performance.now();
    ask({ type: 'float32', dims: [1_000_000], data }, 5);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

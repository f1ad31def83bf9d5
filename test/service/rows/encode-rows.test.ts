import { describe, expect, it } from 'vitest';
import type { FeatureCodec, FeatureValue, Violation } from '../../../src/service/codec.ts';
import { featureEncoder } from '../../../src/service/rows/encode-rows.ts';
import type { FeatureColumn } from '../../../src/service/spec.ts';

const column = (name: string): FeatureColumn => ({ name }) as FeatureColumn;

/** Two columns of numbers from 0 on, both required. */
function codec(onUnknownColumn: 'reject' | 'ignore'): FeatureCodec {
  return {
    columns: [column('a'), column('b')],
    indexOf: new Map([
      ['a', 0],
      ['b', 1],
    ]),
    onUnknownColumn,
    encoder: () => {
      const cells: number[] = [];
      let row: (number | undefined)[] = [undefined, undefined];
      const names = ['a', 'b'];
      return {
        get rows() {
          return cells.length / 2;
        },
        set(at: number, value: FeatureValue): Violation | undefined {
          const expected = 'a number';
          if (typeof value !== 'number') return { rule: 'type', column: names[at] ?? '', expected };
          row[at] = value;
          return undefined;
        },
        endRow() {
          const missing = row.flatMap((cell, at) => (cell === undefined ? [names[at] ?? ''] : []));
          cells.push(...row.map((cell) => cell ?? 0));
          row = [undefined, undefined];
          return missing.map((name) => ({ rule: 'missing', column: name, expected: 'a number' }));
        },
        finish: () =>
          new Map([['x', { type: 'float64', dims: [cells.length / 2, 2], data: Float64Array.from(cells) }]]),
      };
    },
  };
}

describe('encoding rows', () => {
  it('takes named and positional rows and leaves bad ones out of the batch', () => {
    const { runs, bad } = featureEncoder(codec('reject'))([
      { line: 1, value: { b: 2, a: 1 } },
      { line: 2, value: { a: 'secret', b: 1 } },
      { line: 3, value: [3, 4] },
      { line: 4, value: { a: 1 } },
      { line: 5, value: { a: 5, b: 6, c: 7 } },
      { line: 6, value: [1] },
      { line: 7, value: { a: [1], b: 1 } },
      { line: 8, value: 12 },
    ]);
    expect(runs.map((run) => run.rows)).toEqual([2]);
    expect(runs[0]?.inputs.get('x')?.data).toEqual(Float64Array.of(1, 2, 3, 4));
    expect([...bad]).toEqual([
      [1, ['"a": expected a number (type)']],
      [3, ['"b": expected a number (missing)']],
      [4, ['"c": no such feature']],
      [5, ['expected an object of named features, or an array of 2 values (type)']],
      [6, ['"a": expected a single value (type)']],
      [7, ['expected an object of named features, or an array of 2 values (type)']],
    ]);
  });

  it('passes over unknown members when the service says so', () => {
    const { runs, bad } = featureEncoder(codec('ignore'))([{ line: 1, value: { a: 1, b: 2, c: {} } }]);
    expect(bad.size).toBe(0);
    expect(runs[0]?.inputs.get('x')?.data).toEqual(Float64Array.of(1, 2));
  });

  it('makes no run when no row is good', () => {
    expect(featureEncoder(codec('reject'))([{ line: 1, value: null }]).runs).toEqual([]);
  });
});

/** When a row of a batch is the row alone: exact for what is counted or written, a few units of the output's scale for floats. */
import { describe, expect, it } from 'vitest';
import { rowComparison } from '../../src/engine/row-tolerance.ts';
import type { Tensor, Tensors } from '../../src/model/tensor.ts';

const floats = (...data: number[]): Tensor => ({ type: 'float32', dims: [data.length], data: Float32Array.from(data) });
const halves = (...data: number[]): Tensor => ({ type: 'float16', dims: [data.length], data: Uint16Array.from(data) });
const isSame = (batch: Tensor, row: number, alone: Tensor): boolean => {
  const named = (tensor: Tensor): Tensors => new Map([['y', tensor]]);
  return rowComparison(named(batch))(row, named(alone)) === undefined;
};

describe('a row of a batch', () => {
  it.each([
    ['64 units at the scale of the output', floats(1000, 0.5), 1, floats(0.5 + 64 * 2 ** -14), true],
    ['65 units', floats(1000, 0.5), 1, floats(0.5 + 65 * 2 ** -14), false],
    ['the same distance where the output is small', floats(1, 0.5), 1, floats(0.5 + 64 * 2 ** -14), false],
    ['NaN for NaN', floats(1, Number.NaN), 1, floats(Number.NaN), true],
    ['a number for NaN', floats(1, Number.NaN), 1, floats(1), false],
    ['infinity beside numbers', floats(Number.POSITIVE_INFINITY, 1), 1, floats(1), true],
    ['a number for infinity', floats(1, Number.POSITIVE_INFINITY), 1, floats(3e38), false],
    ['zeros', floats(0, 0), 1, floats(-0), true],
    ['4 units of float16', halves(0x3c00, 0x3c00), 1, halves(0x3c04), true],
    ['5 units of float16', halves(0x3c00, 0x3c00), 1, halves(0x3c05), false],
  ])('against the row alone: %s', (_what, batch, row, alone, same) => {
    expect(isSame(batch, row, alone)).toBe(same);
  });

  it('is exact in integers and text', () => {
    const labels: Tensor = { type: 'int64', dims: [2], data: BigInt64Array.of(2n ** 60n, 2n ** 60n + 1n) };
    const label = (value: bigint): Tensor => ({ type: 'int64', dims: [1], data: BigInt64Array.of(value) });
    expect(isSame(labels, 1, label(2n ** 60n + 1n))).toBe(true);
    expect(isSame(labels, 1, label(2n ** 60n))).toBe(false);
    const words: Tensor = { type: 'string', dims: [2], data: ['a', 'b'] };
    expect(isSame(words, 1, { type: 'string', dims: [1], data: ['b'] })).toBe(true);
    expect(isSame(words, 1, { type: 'string', dims: [1], data: ['a'] })).toBe(false);
  });
});

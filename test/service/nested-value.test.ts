import { describe, expect, it } from 'vitest';
import { nestedValue } from '../../src/service/nested-value.ts';

describe('nestedValue', () => {
  it('nests as the dimensions say, with the fewest digits of the type', () => {
    const data = Float32Array.of(0.1, 2, 3, 4);
    expect(nestedValue({ type: 'float32', dims: [2, 2], data })).toEqual([
      [0.1, 2],
      [3, 4],
    ]);
    expect(nestedValue({ type: 'int64', dims: [], data: BigInt64Array.of(2n ** 62n) })).toBe(2n ** 62n);
    expect(nestedValue({ type: 'bool', dims: [1, 2], data: Uint8Array.of(0, 1) })).toEqual([[false, true]]);
    expect(nestedValue({ type: 'string', dims: [2, 0], data: [] })).toEqual([[], []]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankCorrelation } from '../../src/compare/rank-correlation.ts';

const rho = (a: readonly number[], b: readonly number[]) => rankCorrelation(Float64Array.from(a), Float64Array.from(b));

describe('the rank correlation', () => {
  /** scipy.stats.spearmanr of scipy 1.17.1. */
  it.each([
    [[1, 2, 3, 4, 5], [5, 6, 7, 8, 7], 0.8207826816681233],
    [[1, 2, 3], [3, 2, 1], -1],
    [[1, 1, 2, 2], [1, 2, 1, 2], 0],
    [[0.1, 0.1, 0.1, 5], [2, 3, 3, 9], 0.8164965809277261],
    [[2, -2.6, 0.4, -0.6, -0.5, -0.2, -2], [0.8, -2.2, 3.5, -0.1, -0.6, -0.4, -1.7], 0.8571428571428573],
  ])('of %j and %j is what scipy says', (a, b, expected) => {
    expect(rho(a, b)).toBeCloseTo(expected, 12);
  });

  it('has no value for fewer than two rows, or where one side never changes', () => {
    expect(rho([], [])).toBeNull();
    expect(rho([1], [2])).toBeNull();
    expect(rho([1, 2, 3], [4, 4, 4])).toBeNull();
  });

  it('is 1 for any other scale that keeps the order, and -1 for one that turns it round', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2 }), (values) => {
        expect(
          rho(
            values,
            values.map((value) => value ** 3 + 7),
          ),
        ).toBe(1);
        expect(
          rho(
            values,
            values.map((value) => -value),
          ),
        ).toBe(-1);
      }),
    );
  });
});

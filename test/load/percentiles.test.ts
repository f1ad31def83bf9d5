/** Percentiles by the nearest rank, as numpy has them. */
import { describe, expect, it } from 'vitest';
import { percentile, sortedTimes } from '../../src/load/percentiles.ts';

const PARTS = [0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1];
const made = (count: number, value: (at: number) => number) => Array.from({ length: count }, (_, at) => value(at + 1));

/** `[float(numpy.quantile(times, q, method='inverted_cdf')) for q in PARTS]`, numpy 2.4.6. */
const CASES: readonly { readonly times: readonly number[]; readonly expected: readonly number[] }[] = [
  { times: [3.5], expected: [3.5, 3.5, 3.5, 3.5, 3.5, 3.5, 3.5] },
  { times: [2, 1], expected: [1, 1, 2, 2, 2, 2, 2] },
  { times: [5, 1, 4, 2, 3], expected: [1, 3, 5, 5, 5, 5, 5] },
  { times: made(100, (at) => ((at * 37) % 101) / 4), expected: [2.5, 12.5, 22.5, 23.75, 24.75, 25, 25] },
  {
    times: made(2500, (at) => ((at * 7919) % 10007) / 8),
    expected: [126, 626.375, 1125.75, 1189.25, 1238.75, 1249.625, 1250.75],
  },
];

describe('percentiles', () => {
  it.each(CASES)('are those of numpy ($times.length times)', ({ times, expected }) => {
    const sorted = sortedTimes(times);
    expect(PARTS.map((part) => percentile(sorted, part))).toEqual(expected);
  });

  it('are not made up where there is no time', () => {
    expect(percentile(sortedTimes([]), 0.99)).toBeUndefined();
  });
});

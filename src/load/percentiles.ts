/** Sorted times × a part of them → the time that this part did not exceed, by the nearest rank: one of the times, nothing interpolated. Pure. */

export function sortedTimes(times: Iterable<number>): Float64Array {
  return Float64Array.from(times).sort();
}

/** `part` in (0, 1]. Undefined where there is no time. */
export function percentile(sorted: Float64Array, part: number): number | undefined {
  return sorted[Math.max(0, rank(sorted.length, part) - 1)];
}

/** The smallest whole number that is at least `part` of `count`; 0.99 × 100 is a little more than 99 in floating point, and means 99. */
function rank(count: number, part: number): number {
  const exact = count * part;
  const nearest = Math.round(exact);
  return Math.abs(exact - nearest) < 1e-9 * count ? nearest : Math.ceil(exact);
}

/** What became of requests → figures: what is counted, in which time, and what is not made up. */
import { describe, expect, it } from 'vitest';
import { rateResult } from '../../src/load/rate-result.ts';
import { OUTCOME, type Shots } from '../../src/load/shots.ts';

/** `[due, status, latency]` */
function shots(...all: readonly (readonly [number, number, number])[]): Shots {
  return {
    due: Float64Array.from(all, ([due]) => due),
    status: Uint16Array.from(all, ([, status]) => status),
    latency: Float64Array.from(all, ([, , latency]) => latency),
    late: Float64Array.from(all, () => 0.25),
  };
}
const WINDOW = { rate: 10, warmupMs: 100, durationMs: 1000, sloMs: 20 };

describe('the figures of a rate', () => {
  it('count each request that was due in the measured time by what became of it', () => {
    const result = rateResult(
      shots(
        [50, 200, 5],
        [200, 200, 10],
        [300, 200, 30],
        [400, 503, 1],
        [500, 400, 1],
        [600, OUTCOME.broken, 1],
        [700, OUTCOME.timeout, 900],
        [800, OUTCOME.unsent, 0],
      ),
      WINDOW,
    );
    expect(result).toMatchObject({ offered: 7, sent: 6, answered: 2, refused: 1, failed: 2, timeouts: 1 });
    expect(result).toMatchObject({ p50Ms: 10, p99Ms: 30, maxMs: 30, lateP99Ms: 0.25 });
  });

  it('count answers by when they came, and those that kept the promise', () => {
    const late = rateResult(shots([90, 200, 15], [500, 200, 25], [1090, 200, 15], [1095, 200, 1]), WINDOW);
    // The first came in the measured time, the third after it.
    expect(late).toMatchObject({ offered: 3, answered: 3, answeredPerSecond: 3, goodputPerSecond: 2 });
  });

  it('have a p99.9 from a thousand answers on', () => {
    const many = (count: number) =>
      shots(...Array.from({ length: count }, (_, at) => [100 + at / 2, 200, at + 1] as const));
    expect(rateResult(many(999), WINDOW).p999Ms).toBeNull();
    expect(rateResult(many(1000), WINDOW).p999Ms).toBe(999);
    expect(rateResult(many(1000), WINDOW).quantiles.at(-1)).toEqual({ part: 0.999, ms: 999 });
    expect(rateResult(many(20), WINDOW).quantiles.map(({ part }) => part)).toEqual([0.1, 0.25, 0.5, 0.75, 0.9, 0.95]);
  });

  it('have no latency where nothing was answered', () => {
    const none = rateResult(shots([200, 503, 1]), WINDOW);
    expect(none).toMatchObject({ p50Ms: null, p99Ms: null, maxMs: null, quantiles: [], answeredPerSecond: 0 });
  });
});

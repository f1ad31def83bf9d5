/** When requests are due: a Poisson process by its mean, its variance and its independence, and the same for the same seed. */
import { describe, expect, it } from 'vitest';
import { arrivals, randomFrom } from '../../src/load/arrivals.ts';

const due = (seed: number) => arrivals({ seed, perSecond: 500, durationMs: 200_000 });

describe('arrivals', () => {
  it('come at the rate, ascending, within the time', () => {
    const times = due(1);
    // Within four standard deviations of a Poisson count of 100 000.
    expect(Math.abs(times.length - 100_000)).toBeLessThan(4 * Math.sqrt(100_000));
    expect(times.every((at, index) => at >= (times[index - 1] ?? 0) && at < 200_000)).toBe(true);
  });

  it('have exponential gaps: as much variance as a Poisson process, and not the evenness of a timer', () => {
    const times = due(2);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    expect(mean).toBeCloseTo(2, 1);
    expect(deviation / mean).toBeCloseTo(1, 1);
    // P(gap > 2 × mean) = e^-2.
    expect(gaps.filter((gap) => gap > 2 * mean).length / gaps.length).toBeCloseTo(Math.exp(-2), 2);
    const counts = Array.from({ length: 2000 }, () => 0);
    for (const at of times) counts[Math.floor(at / 100)] = (counts[Math.floor(at / 100)] ?? 0) + 1;
    const variance = counts.reduce((sum, count) => sum + (count - 50) ** 2, 0) / counts.length;
    expect(variance / 50).toBeGreaterThan(0.85);
    expect(variance / 50).toBeLessThan(1.15);
  });

  it('are the same for the same seed, and others for another', () => {
    expect(due(7)).toEqual(due(7));
    expect(due(7).slice(0, 10)).not.toEqual(due(8).slice(0, 10));
  });
});

describe('the random numbers behind them', () => {
  it('are those of mulberry32', () => {
    // What the reference implementation in C (Tommy Ettinger, 2017), compiled with gcc, prints for the seed 1.
    const random = randomFrom(1);
    expect([random(), random(), random()].map((value) => value * 2 ** 32)).toEqual([2693262067, 11749833, 2265367787]);
  });
});

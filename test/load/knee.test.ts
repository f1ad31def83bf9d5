/** What a service keeps up with, of the figures of its rates. */
import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../src/load/findings.ts';
import { kneeOf, saturationOf, withinSlo } from '../../src/load/knee.ts';
import { figures } from './support.ts';

const OVERLOADED = figures(400, { answeredPerSecond: 310, p99Ms: 900 });
const SLOW = figures(300, { p99Ms: 31 });

describe('the knee', () => {
  it('is the highest rate that is kept up with at no more than three times the p99 of the lowest', () => {
    const rates = [figures(100), figures(200, { p99Ms: 30 }), SLOW, OVERLOADED];
    expect(kneeOf(rates, 1000)).toEqual({ rate: 200, isLimit: true });
    expect(kneeOf([figures(100), figures(200, { answeredPerSecond: 189 })], 1000)).toEqual({
      rate: 100,
      isLimit: true,
    });
  });

  it('is not found above a rate that was not borne, and may be above the highest that was tried', () => {
    expect(kneeOf([figures(100), SLOW, figures(400)], 1000)).toEqual({ rate: 100, isLimit: true });
    expect(kneeOf([figures(100), figures(200)], 1000)).toEqual({ rate: 200, isLimit: false });
    expect(kneeOf([OVERLOADED], 1000)).toBeNull();
    expect(kneeOf([], 1000)).toBeNull();
  });

  it('goes by the requests that were due, which are not always as many as the rate says', () => {
    expect(kneeOf([figures(100, { offered: 90, answeredPerSecond: 89 })], 1000)).toEqual({ rate: 100, isLimit: false });
    expect(kneeOf([figures(100, { offered: 500, answeredPerSecond: 100 })], 5000)).toEqual({
      rate: 100,
      isLimit: false,
    });
  });

  it('is another thing than what keeps the promise of latency', () => {
    const rates = [figures(100), SLOW, OVERLOADED];
    expect(withinSlo(rates, 1000, 50)).toEqual({ rate: 300, isLimit: true });
    expect(withinSlo(rates, 1000, 5)).toBeNull();
  });
});

describe('the saturation', () => {
  it('is the most answers at any rate, and no limit where all were kept up with', () => {
    expect(saturationOf([figures(100), figures(300, { answeredPerSecond: 320 }), OVERLOADED], 1000)).toEqual({
      perSecond: 320,
      isLimit: true,
    });
    expect(saturationOf([figures(100), figures(200)], 1000)).toEqual({ perSecond: 200, isLimit: false });
    expect(saturationOf([figures(100, { answeredPerSecond: 0 })], 1000)).toBeNull();
  });
});

describe('the warnings', () => {
  const rules = (...changed: Parameters<typeof figures>[1][]) =>
    findingsOf(
      changed.map((each, at) => figures(100 * (at + 1), each)),
      'local',
    ).map(({ rule, message }) => [rule, message]);

  it('name the rates at which the sender was late, by more than a millisecond and a tenth of the p99', () => {
    expect(rules({ lateP99Ms: 0.9, p99Ms: 1 }, { lateP99Ms: 4, p99Ms: 50 })).toEqual([]);
    expect(rules({ lateP99Ms: 1.5 }, { lateP99Ms: 6, p99Ms: 50 })).toEqual([
      ['bench.generator', expect.stringMatching(/^at 100, 200 requests\/s .*p99 up to 6 ms/)],
    ]);
  });

  it('name the rates at which requests were not sent, or failed', () => {
    expect(rules({ sent: 90 }, { failed: 1, refused: 3, timeouts: 2 })).toEqual([
      ['bench.in-flight', expect.stringContaining('at 100 requests/s')],
      ['bench.failed', expect.stringContaining('at 200 requests/s')],
    ]);
  });

  it('are an error where nothing was answered at any rate, or nothing was due', () => {
    expect(rules({ answered: 0 }, {})).toEqual([]);
    expect(rules({ answered: 0, refused: 100 }, { answered: 0, refused: 200 })).toEqual([
      ['bench.nothing-answered', 'no request was answered with status 200'],
    ]);
    expect(rules({ answered: 0, offered: 0, sent: 0 })).toEqual([
      ['bench.nothing-answered', 'no request was due in the measured time'],
    ]);
  });
});

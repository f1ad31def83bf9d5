/** Which rates are tried. */
import { describe, expect, it } from 'vitest';
import { higherRate, readRates, sweepRates } from '../../src/load/sweep-rates.ts';

describe('the rates of a sweep', () => {
  it('go from a tenth of the capacity to more than it', () => {
    expect(sweepRates(1234)).toEqual([120, 310, 620, 860, 1000, 1200, 1500]);
  });

  it('are whole, different, and at least one, however slow the service is', () => {
    expect(sweepRates(3)).toEqual([1, 2, 3, 4]);
    expect(sweepRates(0)).toEqual([1]);
  });
});

describe('a rate beyond them', () => {
  it('is half as much again, and always more', () => {
    expect([1, 2, 1500, 3333].map(higherRate)).toEqual([2, 3, 2300, 5000]);
  });
});

describe('--rates', () => {
  it('are read in any order, once each', () => {
    expect(readRates('400, 100,2.5,100')).toEqual([2.5, 100, 400]);
  });

  it.each(['', 'fast', '100,', '0', '-1', '1e3', '1000001', '100;200', 'Infinity'])('are refused: %j', (text) => {
    expect(() => readRates(text)).toThrowError(expect.objectContaining({ code: 'USAGE', where: '--rates' }));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortestFloat32 } from '../../src/model/float32.ts';

/** The definition, literally. */
function reference(v: number): number {
  for (const digits of [6, 7, 8, 9]) {
    const candidate = Number(v.toPrecision(digits));
    if (Math.fround(candidate) === v) return candidate;
  }
  throw new Error(`no decimal of nine digits for ${v}`);
}

describe('the shortest decimal of a float32', () => {
  it('prints as people write the number', () => {
    const written = [0.1, 0.2, 2.5e-4, 1e-7, 16777216, 33554432, 3.4028235e38, 1.1754944e-38, -273.15, 0.9999999];
    expect(written.map((v) => shortestFloat32(Math.fround(v)))).toEqual(written);
  });

  it('is the same float32, and no shorter decimal is, for any bit pattern', () => {
    const bits = new Uint32Array(1);
    const value = new Float32Array(bits.buffer);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (pattern) => {
        bits[0] = pattern;
        const v = value[0] as number;
        expect(shortestFloat32(v)).toBe(v === 0 || !Number.isFinite(v) ? v : reference(v));
      }),
      { numRuns: 100_000 },
    );
  });

  it('holds in the everyday range, next to powers of ten and of two', () => {
    const step = new Float32Array(1);
    const bits = new Uint32Array(step.buffer);
    for (let exponent = -45; exponent <= 38; exponent++) {
      for (const base of [10 ** exponent, 2 ** exponent]) {
        step[0] = base;
        for (let offset = -3; offset <= 3; offset++) {
          const middle = bits[0] as number;
          bits[0] = middle + offset;
          const v = step[0] as number;
          bits[0] = middle;
          if (Number.isFinite(v) && v > 0) expect(shortestFloat32(v)).toBe(reference(v));
        }
      }
    }
    fc.assert(
      fc.property(fc.float({ min: -1000, max: 1000, noNaN: true, noDefaultInfinity: true }), (v) => {
        expect(shortestFloat32(v)).toBe(v === 0 ? v : reference(v));
      }),
      { numRuns: 50_000 },
    );
  });
});

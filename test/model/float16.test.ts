import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFloat16, encodeFloat16, FLOAT16_MAX, readableFloat16 } from '../../src/model/float16.ts';

const FINITE = Array.from({ length: 0x7c00 }, (_, bits) => decodeFloat16(bits));

describe('float16', () => {
  it('decodes the published examples', () => {
    const examples: readonly [number, number][] = [
      [0x3c00, 1],
      [0xc000, -2],
      [0x7bff, 65504],
      [0x0400, 2 ** -14],
      [0x0001, 2 ** -24],
      [0x3555, 0.333251953125],
      [0x7c00, Number.POSITIVE_INFINITY],
      [0x8000, -0],
    ];
    for (const [bits, value] of examples) expect(decodeFloat16(bits)).toBe(value);
    expect(decodeFloat16(0x7e01)).toBeNaN();
  });

  it('gives every pattern back', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = decodeFloat16(bits);
      expect(encodeFloat16(value)).toBe(Number.isNaN(value) ? 0x7e00 : bits);
    }
  });

  it('rounds to the nearest value, ties to the even pattern', () => {
    const magnitude = fc.oneof(
      fc.double({ min: 0, max: FLOAT16_MAX, noNaN: true }),
      fc.double({ min: 0, max: 2 ** -13, noNaN: true }),
      fc
        .integer({ min: 0, max: FINITE.length - 2 })
        .map((at) => ((FINITE[at] as number) + (FINITE[at + 1] as number)) / 2),
    );
    fc.assert(
      fc.property(magnitude, fc.boolean(), (value, isNegative) => {
        const bits = encodeFloat16(isNegative ? -value : value) as number;
        const at = bits & 0x7fff;
        expect(bits >>> 15).toBe(isNegative ? 1 : 0);
        const distance = Math.abs((FINITE[at] as number) - value);
        for (const other of [at - 1, at + 1]) {
          const neighbour = FINITE[other];
          if (neighbour === undefined) continue;
          const far = Math.abs(neighbour - value);
          expect(distance < far || (distance === far && at % 2 === 0)).toBe(true);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  it('prints digits that read back as the same half', () => {
    for (const value of FINITE)
      expect(decodeFloat16(encodeFloat16(readableFloat16(encodeFloat16(value) as number)) as number)).toBe(value);
  });

  it('says when a finite number is too large', () => {
    expect(encodeFloat16(65519.999)).toBe(0x7bff);
    expect(encodeFloat16(65520)).toBeUndefined();
    expect(encodeFloat16(-1e300)).toBeUndefined();
    expect(encodeFloat16(Number.NEGATIVE_INFINITY)).toBe(0xfc00);
  });
});

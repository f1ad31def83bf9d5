import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText } from '../../../src/service/rows/write-json.ts';

describe('jsonText', () => {
  it('writes what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        // JSON.stringify drops the sign of zero; we keep it.
        const unsigned = JSON.parse(JSON.stringify(value));
        expect(jsonText(unsigned)).toBe(JSON.stringify(unsigned));
      }),
    );
  });

  it('writes 64-bit integers digit by digit, non-finite numbers as null and keeps the sign of zero', () => {
    expect(jsonText([9007199254740993n, -1n, Number.NaN, Number.POSITIVE_INFINITY, -0])).toBe(
      '[9007199254740993,-1,null,null,-0]',
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../src/service/pattern.ts';
import { sampleText } from '../../src/service/sample-text.ts';

describe('sampleText', () => {
  it.each([
    ['^[A-Z]{2}\\d{3}$', 'AA000'],
    ['^(?:red|blue|green)$', 'red'],
    ['^a*b+c?$', 'b'],
    ['', ''],
    ['\\p{Script=Greek}', 'Ͱ'],
    ['^\\u{1F600}$', undefined],
    ['^[^\\s\\S]$', undefined],
    ['a^b', undefined],
    ['^a{20}$', undefined],
  ])('finds for %s what a person would: %s', (pattern, text) => {
    expect(sampleText(pattern, 10)).toBe(text);
  });

  it('finds only texts that match and are short enough, whatever the pattern', () => {
    const atom = fc.constantFrom('a', '[b-d]', '\\d', '.', '\\s', '(?:x|yz)', '(w|)', '[^a-z]', '\\p{Lu}', '$', '^');
    const part = fc.tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}'));
    const sequence = fc.array(part, { maxLength: 6 });
    fc.assert(
      fc.property(sequence, fc.nat(8), (parts, longest) => {
        const pattern = parts.map(([text, count]) => (/[$^]$/.test(text) ? text : text + count)).join('');
        const text = sampleText(pattern, longest);
        if (text === undefined) return;
        expect([...text].length).toBeLessThanOrEqual(longest);
        expect(compilePattern(pattern)(text)).toBe(true);
        expect(new RegExp(pattern, 'u').test(text)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

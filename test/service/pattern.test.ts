import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../src/service/pattern.ts';

const leaf = fc.constantFrom(
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  '\\d',
  '\\w',
  '\\s',
  'é',
  '😀',
  '\\u{1F600}',
  '\\x61',
  '\\.',
  '^',
  '$',
);
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '{0,}', '*?', '+?', '{2,}?');
const { pattern } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
  pattern: fc
    .array(
      fc.array(tie('part'), { maxLength: 3 }).map((parts) => parts.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((branches) => branches.join('|')),
  part: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.tuple(leaf, quantifier).map(([atom, count]) => (atom === '^' || atom === '$' ? atom : atom + count)),
    fc
      .tuple(fc.constantFrom('(', '(?:', '(?<n>'), tie('pattern'), quantifier)
      .map(([open, inner, count]) => `${open === '(?<n>' && inner.includes('(?<n>') ? '(' : open}${inner})${count}`),
  ),
}));
const text = fc
  .array(fc.constantFrom('a', 'b', '1', ' ', 'é', '😀', '\n', '.'), { maxLength: 6 })
  .map((parts) => parts.join(''));

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    expect(String(error)).toMatch(/Duplicate capture group|too large/);
    return undefined;
  }
}

describe('a pattern', () => {
  it('says what the native regular expression says', () => {
    let matched = 0;
    fc.assert(
      // The native engine takes for ever over long patterns.
      fc.property(
        pattern.filter((source) => source.length <= 30),
        fc.array(text, { minLength: 1, maxLength: 5 }),
        (source, texts) => {
          const native = attempt(() => new RegExp(source, 'u'));
          const test = attempt(() => compilePattern(source));
          // Two groups of one name, or repetitions of repetitions.
          if (native === undefined || test === undefined) return;
          for (const sample of texts) {
            const expected = native.test(sample);
            if (expected) matched++;
            expect({ source, sample, result: test(sample) }).toEqual({ source, sample, result: expected });
          }
        },
      ),
      { numRuns: 3000 },
    );
    expect(matched).toBeGreaterThan(500);
  });

  it('takes what people write', () => {
    const cases: readonly [source: string, yes: readonly string[], no: readonly string[]][] = [
      ['^[A-Z]{2}$', ['FR', 'US'], ['fr', 'FRA', 'F', '']],
      ['^\\d{4}-\\d{2}-\\d{2}$', ['2026-11-23'], ['2026-1-23', 'x2026-11-23']],
      ['^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$', ['a.b@example.org'], ['a@b', '@', 'a b@c.d']],
      ['^\\p{Lu}\\p{L}*$', ['Élan', 'A'], ['élan', 'A1']],
      ['^(?:foo|bar)+$', ['foobarfoo'], ['', 'foobaz']],
      ['[\\]\\-x]', [']', '-', 'x'], ['y']],
      ['^\\uD83D\\uDE00$', ['😀'], ['\n']],
    ];
    for (const [source, yes, no] of cases) {
      const test = compilePattern(source);
      for (const sample of yes) expect([source, sample, test(sample)]).toEqual([source, sample, true]);
      for (const sample of no) expect([source, sample, test(sample)]).toEqual([source, sample, false]);
    }
  });

  it('answers at once where the native engine would take years', () => {
    const started = performance.now();
    for (const source of ['^(a+)+$', '^(a|aa)+$', '^(a|a)*$', '^a*a*a*a*a*a*$', '(.*)*x']) {
      expect(compilePattern(source)(`${'a'.repeat(10_000)}!`)).toBe(false);
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('refuses what it cannot promise to do in time, and what is malformed, with the reason', () => {
    expect(() => compilePattern('(a)\\1')).toThrow(/references back/);
    expect(() => compilePattern('(?=a)b')).toThrow(/look-around/);
    expect(() => compilePattern('(?<!a)b')).toThrow(/look-around/);
    expect(() => compilePattern('\\bword')).toThrow(/word boundary/);
    expect(() => compilePattern('[a-z]{2000}')).toThrow(/too large/);
    expect(() => compilePattern('((a{9}){9}){99}')).toThrow(/too large/);
    expect(() => compilePattern('(a')).toThrow(/Unterminated group/);
    expect(() => compilePattern('(?:){1000000000}')).not.toThrow();
  });
});

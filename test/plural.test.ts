import { describe, expect, it } from 'vitest';
import { plural } from '../src/plural.ts';
import { compareGolden } from '../src/service/compare-golden.ts';

describe('a count', () => {
  it('of one is one thing, and of any other number several', () => {
    const said = [0, 1, 2, 1n, 12_345].map((count) => plural(count, 'row'));
    expect(said).toEqual(['0 rows', '1 row', '2 rows', '1 row', '12 345 rows']);
    expect([1, 3].map((count) => plural(count, 'class', 'classes'))).toEqual(['1 class', '3 classes']);
  });

  it('is in findings as people write it', () => {
    const [first] = compareGolden({ where: 'a', expected: [1, 2], actual: [1], rule: () => 'exact' });
    expect(first?.message).toBe('has 1 element; the example has 2');
    const numbers = (value: number) => Array.from({ length: 6 }, () => value);
    const many = compareGolden({ where: 'a', expected: numbers(1), actual: numbers(2), rule: () => 'exact' });
    expect(many.at(-1)?.message).toContain('(and 1 more difference)');
  });
});

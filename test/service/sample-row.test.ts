import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFeatures } from '../../src/service/compile-features.ts';
import { sampleRow } from '../../src/service/sample-row.ts';
import type { FeatureColumn } from '../../src/service/spec.ts';
import { columns, signature, tensor } from '../support/service-builders.ts';

describe('sampleRow', () => {
  it('gives every column a value it takes', () => {
    const row = sampleRow(
      columns(
        { name: 'amount', type: 'number', min: 10.5 },
        { name: 'age', type: 'integer', min: 17.2, max: 130 },
        { name: 'debt', type: 'number', max: -1 },
        { name: 'member', type: 'boolean' },
        {
          name: 'country',
          type: 'category',
          values: new Map([
            ['FR', 0],
            ['US', 1],
          ]),
        },
        { name: 'plan', type: 'category', values: ['basic', 'pro'] },
        { name: 'code', type: 'string', pattern: '^[A-Z]{3}$', maxLength: 3 },
        { name: 'note', type: 'string', maxLength: 4 },
      ),
    );
    expect(row).toEqual({
      amount: 10.5,
      age: 18,
      debt: -1,
      member: false,
      country: 'FR',
      plan: 'basic',
      code: 'AAA',
      note: 'exam',
    });
  });

  it('leaves out what cannot be made up and may be missing, and gives no row where it may not', () => {
    const odd = { name: 'odd', type: 'string', pattern: 'a^b' } as const;
    expect(sampleRow(columns({ ...odd, onMissing: { impute: 'x' } }, { name: 'b', type: 'boolean' }))).toEqual({
      b: false,
    });
    expect(sampleRow(columns(odd))).toBeUndefined();
    expect(sampleRow(columns({ name: 'i', type: 'integer', min: 0.2, max: 0.8 }))).toBeUndefined();
  });

  it('makes rows that the encoder takes, whatever the bounds', () => {
    const bounds = fc.tuple(fc.integer({ min: -100, max: 100 }), fc.nat(50), fc.constantFrom('number', 'integer'));
    fc.assert(
      fc.property(fc.array(bounds, { minLength: 1, maxLength: 5 }), (given) => {
        const spec: readonly FeatureColumn[] = columns(
          ...given.map(([min, width, type], at) => ({
            name: `c${at}`,
            type: type as 'number' | 'integer',
            min,
            max: min + width,
          })),
        );
        const encoder = compileFeatures(
          { columns: spec, onUnknownColumn: 'reject' },
          signature([tensor('x', 'float32', ['N', given.length])]),
        ).encoder(1);
        const row = sampleRow(spec) ?? {};
        const problems = spec.map((column, at) => encoder.set(at, row[column.name] ?? null));
        expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
        expect(encoder.endRow()).toEqual([]);
      }),
    );
  });
});

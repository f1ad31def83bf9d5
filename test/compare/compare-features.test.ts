import { describe, expect, it } from 'vitest';
import { compareFeatures } from '../../src/compare/compare-features.ts';
import type { FeatureColumn, FeatureSpec } from '../../src/service/spec.ts';
import { column, columns } from '../support/service-builders.ts';

const spec = (list: readonly FeatureColumn[], onUnknownColumn: FeatureSpec['onUnknownColumn'] = 'reject') => ({
  columns: list,
  onUnknownColumn,
});

function found(was: FeatureSpec | undefined, is: FeatureSpec | undefined): readonly string[] {
  return compareFeatures(was, is).map(({ rule, step, where }) => `${step} ${rule} ${where}`);
}

const amount = { name: 'amount', type: 'number' } as const;
const age = { name: 'age', type: 'integer' } as const;
const two = spec(columns(amount, age));

describe('features', () => {
  it('that are the same, or absent on both sides, are no change', () => {
    expect(found(two, spec(columns(amount, age)))).toEqual([]);
    expect(found(undefined, undefined)).toEqual([]);
  });

  it('in place of raw tensors, or the other way, change what a row is', () => {
    expect(found(undefined, two)).toEqual(['major feature.rows features']);
    expect(found(two, undefined)).toEqual(['major feature.rows features']);
  });

  it('that are new break callers only when they must be given', () => {
    const third = { name: 'city', type: 'string' } as const;
    expect(found(two, spec(columns(amount, age, third)))).toEqual(['major feature.added feature "city"']);
    const optional = { ...third, onMissing: { impute: 'Paris' } };
    expect(found(two, spec(columns(amount, age, optional)))).toEqual(['minor feature.added feature "city"']);
  });

  it('that are gone break callers whose rows still have them, unless such columns are passed over', () => {
    const one = columns(amount);
    expect(found(two, spec(one))).toEqual(['major feature.removed feature "age"']);
    expect(found(spec(two.columns, 'ignore'), spec(one, 'ignore'))).toEqual(['minor feature.removed feature "age"']);
  });

  it('were renamed where type and place in the model fit', () => {
    expect(found(two, spec(columns(amount, { ...age, name: 'years' })))).toEqual([
      'major feature.renamed feature "age"',
    ]);
  });

  it('in another order change what rows without names mean', () => {
    const [first, second] = two.columns as [FeatureColumn, FeatureColumn];
    expect(found(two, spec([second, first]))).toEqual(['major feature.reordered features']);
  });

  it('say so when unknown columns are treated otherwise', () => {
    expect(found(two, spec(two.columns, 'ignore'))).toEqual(['minor feature.unknown-columns features']);
    expect(found(spec(two.columns, 'ignore'), two)).toEqual(['major feature.unknown-columns features']);
  });
});

describe('one feature', () => {
  type Part = Partial<FeatureColumn>;
  const country = ['FR', 'US'] as const;
  it.each<[Part, Part, string[]]>([
    [{ min: 0 }, { min: 1 }, ['major feature.narrower']],
    [{ min: 0 }, { min: -1 }, ['minor feature.wider']],
    [{}, { max: 9 }, ['major feature.narrower']],
    [{ max: 9 }, {}, ['minor feature.wider']],
    [{ max: 9, min: 0 }, { max: 8, min: -1 }, ['minor feature.wider', 'major feature.narrower']],
    [{ type: 'integer' }, { type: 'number' }, ['minor feature.retyped']],
    [{ type: 'number' }, { type: 'integer' }, ['major feature.retyped']],
    [{ type: 'number' }, { type: 'string' }, ['major feature.retyped']],
    [{ unit: 'EUR' }, { unit: 'USD' }, ['major feature.unit']],
    [{}, { unit: 'EUR' }, ['patch feature.unit']],
    [{ onMissing: 'reject' }, { onMissing: 'nan' }, ['minor feature.optional']],
    [{ onMissing: { impute: 1 } }, { onMissing: 'reject' }, ['major feature.required']],
    [{ onMissing: { impute: 1 } }, { onMissing: { impute: 2 } }, ['patch feature.default']],
    [{ onUnknown: 'ignore' }, { onUnknown: 'reject' }, ['major feature.unknown-values']],
    [{ onUnknown: 'reject' }, { onUnknown: 'ignore' }, ['minor feature.unknown-values']],
    [{ pattern: '^a' }, {}, ['minor feature.wider']],
    [{ pattern: '^a' }, { pattern: '^ab' }, ['major feature.narrower']],
    [{ maxLength: 5 }, { maxLength: 4 }, ['major feature.narrower']],
    [{ values: country }, { values: ['FR', 'US', 'DE'] }, ['minor feature.wider']],
    [{ values: country }, { values: ['FR'] }, ['major feature.narrower']],
    [{ values: country }, {}, ['minor feature.wider']],
    [{ values: new Map([['FR', 0]]) }, { values: new Map([['FR', 1]]) }, ['patch feature.recoded']],
    [{ position: 0 }, { position: 3 }, ['patch feature.moved']],
  ])('from %j to %j is %j', (was, is, expected) => {
    const make = (part: Part): FeatureSpec => spec([column({ name: 'f', type: 'string', ...part })]);
    const changes = compareFeatures(make(was), make(is)).map(({ rule, step }) => `${step} ${rule}`);
    expect(changes).toEqual(expected);
  });
});

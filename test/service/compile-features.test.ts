import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MlserveError } from '../../src/errors.ts';
import type { ElementType } from '../../src/model/element-type.ts';
import { decodeFloat16 } from '../../src/model/float16.ts';
import type { Signature } from '../../src/model/signature.ts';
import type { FeatureValue, Violation } from '../../src/service/codec.ts';
import { compileFeatures } from '../../src/service/compile-features.ts';
import type { FeatureColumn } from '../../src/service/spec.ts';
import { column, columns, signature, tensor } from '../support/service-builders.ts';

const matrix = (type: ElementType, width: number) => signature([tensor('x', type, ['N', width])]);
const codecOf = (given: readonly FeatureColumn[], sig = matrix('float32', given.length)) =>
  compileFeatures({ columns: given, onUnknownColumn: 'reject' }, sig);

/** Rules broken by one value in a one-column model. */
function judge(given: FeatureColumn, type: ElementType, value: FeatureValue): string | FeatureValue {
  const encoder = codecOf([given], matrix(type, 1)).encoder(1);
  const violation = encoder.set(0, value) ?? encoder.endRow()[0];
  return violation === undefined ? (encoder.finish().get('x')?.data[0] as FeatureValue) : violation.rule;
}

describe('compiled features', () => {
  it('write a matrix, per-column inputs and mixtures of both', () => {
    const given = [
      ...columns({ name: 'a', type: 'number' }, { name: 'b', type: 'integer' }),
      column({ name: 'city', type: 'string', input: 'city' }),
      column({ name: 'flag', type: 'boolean', input: 'flag' }),
      column({ name: 'id', type: 'integer', input: 'id' }),
    ];
    const sig = signature([
      tensor('id', 'int64', [null]),
      tensor('x', 'float32', ['N', 2]),
      tensor('city', 'string', ['N', 1]),
      tensor('flag', 'bool', null),
    ]);
    const encoder = codecOf(given, sig).encoder(1);
    const rows: readonly (readonly FeatureValue[])[] = [
      [0.5, 3, 'Paris', true, 9007199254740993n],
      [-1, 0, '', false, -5],
      [1e30, -7, 'né😀', true, 2 ** 62],
    ];
    for (const row of rows) {
      row.forEach((value, at) => {
        expect(encoder.set(at, value)).toBeUndefined();
      });
      expect(encoder.endRow()).toEqual([]);
    }
    expect(encoder.rows).toBe(3);
    expect([...encoder.finish()]).toEqual([
      ['id', { type: 'int64', dims: [3], data: BigInt64Array.of(9007199254740993n, -5n, 2n ** 62n) }],
      ['x', { type: 'float32', dims: [3, 2], data: Float32Array.of(0.5, 3, -1, 0, 1e30, -7) }],
      ['city', { type: 'string', dims: [3, 1], data: ['Paris', '', 'né😀'] }],
      ['flag', { type: 'bool', dims: [3, 1], data: Uint8Array.of(1, 0, 1) }],
    ]);
  });

  it('write models without a batch dimension as one row', () => {
    const given = columns({ name: 'a', type: 'number' }, { name: 'b', type: 'number' });
    for (const [shape, dims] of [
      [[2], [2]],
      [
        [1, 2],
        [1, 2],
      ],
    ] as const) {
      const encoder = codecOf(given, signature([tensor('x', 'float64', shape)])).encoder(1);
      encoder.set(0, 1);
      encoder.set(1, 2);
      encoder.endRow();
      expect(encoder.finish().get('x')).toEqual({ type: 'float64', dims, data: Float64Array.of(1, 2) });
    }
    const scalar = codecOf([column({ name: 'a', type: 'integer' })], signature([tensor('x', 'int32', [])])).encoder(1);
    scalar.set(0, 7);
    scalar.endRow();
    expect(scalar.finish().get('x')).toEqual({ type: 'int32', dims: [], data: Int32Array.of(7) });
  });

  it('check integers against the element type and never wrap', () => {
    const integer = column({ name: 'a', type: 'integer' });
    const cases: readonly [ElementType, FeatureValue, string | FeatureValue][] = [
      ['uint8', 255, 255],
      ['uint8', 256, 'max'],
      ['uint8', -1, 'min'],
      ['int8', -128, -128],
      ['int8', 128, 'max'],
      ['int16', 32768, 'max'],
      ['uint16', 65535, 65535],
      ['int32', -2147483649, 'min'],
      ['uint32', 4294967296, 'max'],
      ['int64', 9223372036854775807n, 9223372036854775807n],
      ['int64', 9223372036854775808n, 'max'],
      ['int64', 2 ** 63, 'max'],
      ['uint64', 18446744073709551615n, 18446744073709551615n],
      ['uint64', 18446744073709551616n, 'max'],
      ['uint64', -1n, 'min'],
      ['int32', 1.5, 'type'],
      ['int32', '1', 'type'],
      ['int32', true, 'type'],
      ['int32', 12n, 12],
      ['float32', 10n ** 30n, Math.fround(1e30)],
      ['float32', 10n ** 400n, 'max'],
    ];
    for (const [type, value, expected] of cases) {
      expect([type, value, judge(integer, type, value)]).toEqual([type, value, expected]);
    }
  });

  it('refuse numbers that are not finite or too large for the type', () => {
    const number = column({ name: 'a', type: 'number' });
    expect(judge(number, 'float64', Number.NaN)).toBe('type');
    expect(judge(number, 'float64', Number.POSITIVE_INFINITY)).toBe('type');
    expect(judge(number, 'float32', 1e39)).toBe('max');
    expect(judge(number, 'float32', 3.4028234663852886e38)).toBe(3.4028234663852886e38);
    expect(judge(number, 'float64', 1e39)).toBe(1e39);
    expect(judge(number, 'float16', 70000)).toBe('max');
    expect(decodeFloat16(judge(number, 'float16', 0.1) as number)).toBeCloseTo(0.1, 4);
    expect(judge(number, 'float64', '1')).toBe('type');
    const bounded = column({ name: 'a', type: 'number', min: 0, max: 130 });
    expect(judge(bounded, 'float32', -0.1)).toBe('min');
    expect(judge(bounded, 'float32', 130.1)).toBe('max');
    expect(judge(bounded, 'float32', 130)).toBe(130);
  });

  it('apply onMissing: reject, impute, nan', () => {
    const number = (onMissing: FeatureColumn['onMissing']) => column({ name: 'a', type: 'number', onMissing });
    expect(judge(number('reject'), 'float32', null)).toBe('missing');
    expect(judge(number('nan'), 'float32', null)).toBeNaN();
    expect(judge(number('nan'), 'float64', Number.NaN)).toBeNaN();
    expect(judge(number('nan'), 'float64', Number.POSITIVE_INFINITY)).toBe('type');
    expect(decodeFloat16(judge(number('nan'), 'float16', null) as number)).toBeNaN();
    expect(judge(number({ impute: 41 }), 'float32', null)).toBe(41);
    expect(judge(column({ name: 'a', type: 'integer', onMissing: { impute: 3 } }), 'int64', null)).toBe(3n);
    expect(judge(column({ name: 'a', type: 'boolean', onMissing: { impute: true } }), 'bool', null)).toBe(1);
    expect(judge(column({ name: 'a', type: 'string', onMissing: { impute: '?' } }), 'string', null)).toBe('?');
  });

  it('map categories to numbers, or pass allowed labels on as text', () => {
    const values = new Map([
      ['FR', 0],
      ['US', 1],
      ['3', 2],
    ]);
    const country = column({ name: 'a', type: 'category', values });
    expect(judge(country, 'float32', 'US')).toBe(1);
    expect(judge(country, 'int64', 'US')).toBe(1n);
    expect(judge(country, 'float32', 3)).toBe(2);
    expect(judge(country, 'float32', 'DE')).toBe('values');
    expect(judge(country, 'float32', 'constructor')).toBe('values');
    expect(judge({ ...country, onUnknown: 'ignore' }, 'float32', 'DE')).toBe('missing');
    expect(judge({ ...country, onUnknown: 'ignore', onMissing: 'nan' }, 'float32', 'DE')).toBeNaN();
    expect(judge({ ...country, onUnknown: 'ignore', onMissing: { impute: 'US' } }, 'int32', 'DE')).toBe(1);
    expect(judge({ ...country, onUnknown: 'ignore', onMissing: { impute: -1 } }, 'int64', 'DE')).toBe(-1n);
    const text = column({ name: 'a', type: 'category', values: ['red', 'green'] });
    expect(judge(text, 'string', 'green')).toBe('green');
    expect(judge(text, 'string', 'blue')).toBe('values');
    expect(judge({ ...text, onUnknown: 'ignore', onMissing: { impute: '' } }, 'string', 'blue')).toBe('');
  });

  it('check text: length in characters, pattern, and what onnxruntime would silently change', () => {
    const text = column({ name: 'a', type: 'string', maxLength: 3, pattern: '^[a-z😀]*$' });
    expect(judge(text, 'string', 'abc')).toBe('abc');
    expect(judge(text, 'string', '😀😀😀')).toBe('😀😀😀');
    expect(judge(text, 'string', 'abcd')).toBe('maxLength');
    expect(judge(text, 'string', 'AB')).toBe('pattern');
    const free = column({ name: 'a', type: 'string' });
    expect(judge(free, 'string', 'he\0llo')).toBe('type');
    expect(judge(free, 'string', 'half \ud83d')).toBe('type');
    expect(judge(free, 'string', 'a'.repeat(10_001))).toBe('maxLength');
    expect(judge(free, 'string', 5)).toBe('type');
  });

  it('say what would have been right and never what was sent', () => {
    const age = column({ name: 'age', type: 'integer', min: 0, max: 130 });
    const encoder = codecOf([age]).encoder(1);
    expect(encoder.set(0, 987654)).toEqual({
      rule: 'max',
      column: 'age',
      expected: 'an integer of at least 0 and at most 130',
    });
    // A refused cell is not reported as missing as well.
    expect(encoder.endRow()).toEqual([]);
    expect(encoder.endRow()).toEqual([
      { rule: 'missing', column: 'age', expected: 'an integer of at least 0 and at most 130' },
    ]);
  });

  it('refuse features that do not fit the model', () => {
    const given = columns({ name: 'a', type: 'number' });
    const refusal = (sig: Signature): unknown => {
      try {
        return codecOf(given, sig);
      } catch (error) {
        const { code, issues } = error as MlserveError;
        return [code, ...issues.map(({ rule }) => rule)];
      }
    };
    expect(refusal(matrix('float32', 2))).toEqual(['CONFIG_INVALID', 'features.too-few-columns']);
    expect(refusal(matrix('int64', 1))).toEqual(['CONFIG_INVALID', 'features.type-mismatch']);
    expect(refusal(signature([tensor('x', 'float32', ['N', 1, 8, 8])]))).toEqual([
      'CONFIG_INVALID',
      'features.unsupported-shape',
    ]);
    expect(refusal(signature([tensor('y', 'float32', ['N', 1])]))).toEqual([
      'CONFIG_INVALID',
      'features.unknown-input',
      'features.uncovered-input',
    ]);
  });
});

/** The contract written a second time, slowly: one row of cells → elements, or the names of broken rules by column. */
function reference(given: readonly FeatureColumn[], row: readonly FeatureValue[]): readonly (string | number)[] {
  return given.map((spec, at) => {
    const sent = row[at] ?? null;
    const label = typeof sent === 'string' ? sent : String(sent);
    const known = spec.values instanceof Map ? spec.values.get(label) : undefined;
    const isIgnored = spec.type === 'category' && known === undefined && spec.onUnknown === 'ignore';
    if (sent === null || isIgnored || (Number.isNaN(sent) && spec.onMissing === 'nan' && spec.type !== 'boolean')) {
      if (sent !== null && !isIgnored && spec.type === 'category') return 'values';
      if (spec.onMissing === 'reject') return 'missing';
      return spec.onMissing === 'nan' ? Number.NaN : Number(spec.onMissing.impute);
    }
    if (spec.type === 'category') return known ?? 'values';
    if (spec.type === 'boolean') return typeof sent === 'boolean' ? Number(sent) : 'type';
    if (typeof sent !== 'number' || !Number.isFinite(sent)) return 'type';
    if (spec.type === 'integer' && Math.floor(sent) !== sent) return 'type';
    if (spec.min !== undefined && sent < spec.min) return 'min';
    if (spec.max !== undefined && sent > spec.max) return 'max';
    return sent;
  });
}

describe('the encoder against a naive one', () => {
  const onMissing = fc.constantFrom<FeatureColumn['onMissing']>('reject', 'nan', { impute: 1 });
  const bound = fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined });
  const spec = fc.oneof(
    fc.record({ type: fc.constantFrom('number', 'integer'), min: bound, max: bound, onMissing }),
    fc.record({ type: fc.constant('boolean'), onMissing }),
    fc.record({
      type: fc.constant('category'),
      onMissing,
      onUnknown: fc.constantFrom('reject', 'ignore'),
      values: fc.constant(
        new Map([
          ['a', 10],
          ['b', 20],
        ]),
      ),
    }),
  ) as fc.Arbitrary<Partial<FeatureColumn> & { type: FeatureColumn['type'] }>;
  const cell: fc.Arbitrary<FeatureValue> = fc.oneof(
    fc.integer({ min: -8, max: 8 }),
    fc.double(),
    fc.boolean(),
    fc.constantFrom('a', 'b', 'c', null),
  );

  it('agrees on random columns and rows, past its capacity', () => {
    let good = 0;
    const given = fc.array(spec, { minLength: 1, maxLength: 4 });
    const table = given.chain((specs) =>
      fc.tuple(
        fc.constant(columns(...specs.map((one, at) => ({ name: `c${at}`, ...one })))),
        fc.array(fc.array(cell, { minLength: specs.length, maxLength: specs.length }), { maxLength: 12 }),
      ),
    );
    fc.assert(
      fc.property(table, ([specs, rows]) => {
        const encoder = codecOf(specs, matrix('float64', specs.length)).encoder(2);
        const expected = rows.map((row) => reference(specs, row));
        rows.forEach((row, at) => {
          const violations: Violation[] = [];
          row.forEach((value, index) => {
            const violation = encoder.set(index, value);
            if (violation !== undefined) violations.push(violation);
          });
          violations.push(...encoder.endRow());
          const rules = specs.map(({ name }) => violations.find((one) => one.column === name)?.rule);
          expect(rules).toEqual((expected[at] ?? []).map((one) => (typeof one === 'string' ? one : undefined)));
          expect(violations.length).toBe(rules.filter((rule) => rule !== undefined).length);
          if (violations.length === 0) good++;
        });
        const data = encoder.finish().get('x')?.data ?? [];
        expect(data.length).toBe(rows.length * specs.length);
        expected.flat().forEach((one, at) => {
          if (typeof one === 'number') expect(data[at]).toBe(one);
        });
      }),
      { numRuns: 3000 },
    );
    expect(good).toBeGreaterThan(500);
  });
});

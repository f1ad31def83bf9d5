import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PredictionValue } from '../../src/service/codec.ts';
import { type Comparison, compareGolden } from '../../src/service/compare-golden.ts';
import { DEFAULT_TOLERANCE, readGolden } from '../../src/service/golden.ts';

const wheres = (document: PredictionValue): readonly string[] => {
  const read = readGolden(document, 'a.json');
  return 'predictions' in read ? [] : read.map(({ where, rule }) => `${rule} ${where}`);
};

describe('a golden example', () => {
  it('is a request, a response and, if wanted, a name and a tolerance', () => {
    const request = { instances: [[1, 2]] };
    const response = { predictions: [{ y: 1.5 }] };
    expect(readGolden({ request, response }, 'a.json')).toEqual({
      name: undefined,
      request,
      predictions: response.predictions,
      tolerance: DEFAULT_TOLERANCE,
    });
    const read = readGolden({ name: 'n', request, response, tolerance: { relative: 0.5 } }, 'a.json');
    expect(read).toMatchObject({ name: 'n', tolerance: { relative: 0.5, absolute: DEFAULT_TOLERANCE.absolute } });
  });

  it('is refused with every reason at once', () => {
    expect(wheres([1])).toEqual(['golden.invalid a.json#']);
    expect(wheres({})).toEqual(['golden.invalid a.json#/request', 'golden.invalid a.json#/response/predictions']);
    expect(
      wheres({ nam: 'x', name: 1, request: {}, response: { predictions: {} }, tolerance: { relative: -1, rel: 1 } }),
    ).toEqual([
      'golden.invalid a.json#/nam',
      'golden.invalid a.json#/name',
      'golden.invalid a.json#/response/predictions',
      'golden.invalid a.json#/tolerance/relative',
      'golden.invalid a.json#/tolerance/rel',
    ]);
    expect(wheres({ request: 1, response: { predictions: [] }, tolerance: 'x' })).toEqual([
      'golden.invalid a.json#/tolerance',
    ]);
  });
});

const compare = (expected: PredictionValue[], actual: PredictionValue[], more: Partial<Comparison> = {}) =>
  compareGolden({ file: 'a.json', expected, actual, tolerance: DEFAULT_TOLERANCE, exact: new Set(), ...more });
const places = (...args: Parameters<typeof compare>) =>
  compare(...args).map(({ where }) => where.replace('a.json#/response/predictions', ''));

describe('the comparison with an answer', () => {
  it('lets numbers differ by the tolerance, and no more', () => {
    expect(places([{ y: 100 }], [{ y: 100.0009 }])).toEqual([]);
    expect(places([{ y: 100 }], [{ y: 100.0011 }])).toEqual(['/0/y']);
    expect(places([{ y: -100 }], [{ y: -100.0009 }])).toEqual([]);
    expect(places([{ y: 0 }], [{ y: 0.9e-7 }])).toEqual([]);
    expect(places([{ y: 0 }], [{ y: 1.1e-7 }])).toEqual(['/0/y']);
    expect(places([{ y: 100 }], [{ y: 101 }], { tolerance: { relative: 0.02, absolute: 0 } })).toEqual([]);
  });

  it('wants integers, strings, booleans and null exactly', () => {
    const exact = new Set(['label']);
    expect(places([{ label: 1_000_000 }], [{ label: 1_000_001 }], { exact })).toEqual(['/0/label']);
    expect(places([{ label: [7, 8] }], [{ label: [7, 9] }], { exact })).toEqual(['/0/label/1']);
    expect(places([{ score: 1_000_000 }], [{ score: 1_000_001 }], { exact })).toEqual([]);
    expect(places([{ y: 2n ** 63n - 1n }], [{ y: 2n ** 63n - 2n }])).toEqual(['/0/y']);
    expect(places([{ y: 'fraud' }], [{ y: 'legit' }])).toEqual(['/0/y']);
    expect(places([{ y: true }], [{ y: 1 }])).toEqual(['/0/y']);
    expect(places([{ y: null }], [{ y: 0 }])).toEqual(['/0/y']);
    expect(places([{ y: 1 }], [{ y: '1' }])).toEqual(['/0/y']);
  });

  it('names what is missing, what is new, and lists of another length', () => {
    expect(compare([{ a: 1, b: 2 }], [{ b: 2, 'c/d': 3 }])).toMatchObject([
      { where: 'a.json#/response/predictions/0/a', message: 'is missing in the answer' },
      { where: 'a.json#/response/predictions/0/c~1d', message: 'is in the answer, but not in the example' },
    ]);
    expect(places([{ y: [1, 2] }], [{ y: [1, 2, 3] }])).toEqual(['/0/y']);
    expect(places([1, 2], [1])).toEqual(['']);
    expect(places([{ y: { legit: 0.9, fraud: 0.1 } }], [{ y: { legit: 0.1, fraud: 0.9 } }])).toEqual([
      '/0/y/legit',
      '/0/y/fraud',
    ]);
  });

  it('shows five differences and counts the rest', () => {
    const rows = (value: number): PredictionValue[] => Array.from({ length: 100 }, () => ({ y: value }));
    const issues = compare(rows(1), rows(2));
    expect(issues).toHaveLength(5);
    expect(issues[4]?.message).toBe('is 2; the example has 1 (and 95 more differences)');
  });

  it('finds every answer equal to itself', () => {
    const { prediction } = fc.letrec<{ prediction: PredictionValue }>((tie) => ({
      prediction: fc.oneof(
        { maxDepth: 3 },
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.bigInt(),
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('prediction'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('prediction'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(prediction), (predictions) => {
        expect(compare(predictions, structuredClone(predictions), { tolerance: { relative: 0, absolute: 0 } })).toEqual(
          [],
        );
      }),
    );
  });
});

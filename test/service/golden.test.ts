import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PredictionValue } from '../../src/service/codec.ts';
import { compareGolden } from '../../src/service/compare-golden.ts';
import { readGolden } from '../../src/service/golden.ts';
import { DEFAULT_TOLERANCE, NO_TOLERANCES, ruleOf, type ToleranceRule } from '../../src/service/tolerance.ts';
import { parseRule } from '../../src/service/written-tolerance.ts';

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
      tolerance: NO_TOLERANCES,
    });
    const read = readGolden({ name: 'n', request, response, tolerance: { relative: 0.5 } }, 'a.json');
    expect(read).toMatchObject({
      name: 'n',
      tolerance: { all: { relative: 0.5, absolute: DEFAULT_TOLERANCE.absolute } },
    });
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

interface Rules {
  readonly tolerance?: ToleranceRule;
  readonly exact?: ReadonlySet<string>;
}

const compare = (
  expected: PredictionValue[],
  actual: PredictionValue[],
  { tolerance, exact = new Set() }: Rules = {},
) => {
  const example = { all: tolerance, members: new Map() };
  const rule = ruleOf({ flags: NO_TOLERANCES, example, outputs: [], integers: exact });
  return compareGolden({ where: 'a.json#/response/predictions', expected, actual, rule });
};
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
      { where: 'a.json#/response/predictions/0/a', message: 'is missing; the example has it' },
      { where: 'a.json#/response/predictions/0/c~1d', message: 'is there; the example has no such member' },
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

describe('a tolerance', () => {
  const read = (tolerance: PredictionValue) => {
    const golden = readGolden({ request: {}, response: { predictions: [] }, tolerance }, 'a.json');
    return 'predictions' in golden ? golden.tolerance : golden.map(({ where }) => where);
  };

  it('is a rule for all outputs, rules for some, or both', () => {
    expect(read('exact')).toEqual({ all: 'exact', members: new Map() });
    expect(read({ outputs: { score: 'argmax', y: { absolute: 1 } } })).toEqual({
      all: undefined,
      members: new Map<string, ToleranceRule>([
        ['score', 'argmax'],
        ['y', { absolute: 1, relative: DEFAULT_TOLERANCE.relative }],
      ]),
    });
    expect(read('about')).toEqual(['a.json#/tolerance']);
    expect(read({ outputs: { 'a/b': { absolute: -1 }, c: 3 } })).toEqual([
      'a.json#/tolerance/outputs/a~1b/absolute',
      'a.json#/tolerance/outputs/c',
    ]);
    expect(read({ outputs: [] })).toEqual(['a.json#/tolerance/outputs']);
  });

  it('is taken from the flags, then the example, then mlserve.yaml, and what names an output goes before what is said of all', () => {
    const member = { name: 'y', from: 'y', labels: undefined, argmax: false };
    const wide = { absolute: 1, relative: 0 };
    const sources = { flags: NO_TOLERANCES, example: NO_TOLERANCES, outputs: [member], integers: new Set(['n']) };
    const ofAll = { all: wide, members: new Map() };
    const ofY = (rule: ToleranceRule) => ({ all: undefined, members: new Map([['y', rule]]) });
    const declared = [{ ...member, tolerance: 'argmax' as const }];
    expect(ruleOf(sources)('y')).toEqual(DEFAULT_TOLERANCE);
    expect(ruleOf({ ...sources, example: ofAll })('y')).toBe(wide);
    expect(ruleOf({ ...sources, example: ofAll, outputs: declared })('y')).toBe('argmax');
    expect(ruleOf({ ...sources, example: ofY('exact'), outputs: declared })('y')).toBe('exact');
    expect(ruleOf({ ...sources, flags: ofAll, example: ofY('exact'), outputs: declared })('y')).toBe(wide);
    expect(ruleOf({ ...sources, flags: { ...ofY('argmax'), all: wide } })('y')).toBe('argmax');
    for (const where of ['flags', 'example']) expect(ruleOf({ ...sources, [where]: ofAll })('n')).toBe('exact');
  });

  it('lets numbers be what they are with argmax, as long as the largest is the same one', () => {
    const rule = { tolerance: 'argmax' } as const;
    expect(places([{ y: [0.2, 0.8] }], [{ y: [0.4, 0.6] }], rule)).toEqual([]);
    expect(compare([{ y: { legit: 0.2, fraud: 0.8 } }], [{ y: { legit: 0.6, fraud: 0.4 } }], rule)).toMatchObject([
      { where: 'a.json#/response/predictions/0/y', message: 'is largest at "legit"; the example is at "fraud"' },
    ]);
    expect(
      places(
        [
          {
            y: [
              [1, 2],
              [2, 1],
            ],
          },
        ],
        [
          {
            y: [
              [3, 4],
              [5, 6],
            ],
          },
        ],
        rule,
      ),
    ).toEqual(['/0/y/1']);
    expect(places([{ y: [1, 2] }], [{ y: [1, 2, 0] }], rule)).toEqual(['/0/y']);
    expect(places([{ y: 'a', z: 1.5 }], [{ y: 'b', z: 1.5001 }], rule)).toEqual(['/0/y', '/0/z']);
  });

  it('wants the very number with exact', () => {
    expect(places([{ y: 1 }], [{ y: 1 + 2 ** -52 }], { tolerance: 'exact' })).toEqual(['/0/y']);
    expect(places([{ y: 1 }], [{ y: 1 }], { tolerance: 'exact' })).toEqual([]);
  });

  it('can be written as a flag', () => {
    expect(parseRule('argmax')).toBe('argmax');
    expect(parseRule('absolute=0.01,relative=0')).toEqual({ absolute: 0.01, relative: 0 });
    expect(parseRule('relative=1e-3')).toEqual({ absolute: DEFAULT_TOLERANCE.absolute, relative: 0.001 });
    for (const text of ['', 'abs=1', 'absolute=-1', 'absolute=1;relative=2', 'absolute=']) {
      expect(parseRule(text), text).toBeUndefined();
    }
  });
});

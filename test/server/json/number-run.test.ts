import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServableType } from '../../../src/model/element-type.ts';
import type { NumericData } from '../../../src/model/tensor.ts';
import { CLOSE_BRACKET, JsonReader, OPEN_BRACKET } from '../../../src/server/json/json-reader.ts';
import { RUN_KINDS, readRun } from '../../../src/server/json/number-run.ts';
import { TensorSink } from '../../../src/server/json/tensor-sink.ts';

/** The elements of an array as the V2 reader takes them, and how many of them came in runs. */
function read(type: ServableType, text: string): { data: NumericData; inRuns: number } {
  const reader = new JsonReader(new TextEncoder().encode(text), 4);
  const sink = new TensorSink(type, 0, true);
  let inRuns = 0;
  reader.open(OPEN_BRACKET);
  for (let first = true; reader.more(first, CLOSE_BRACKET); first = false) {
    if (!sink.push(reader)) throw new Error(`element ${sink.length - 1} is not ${sink.expected}`);
    inRuns += sink.pushRun(reader, Number.POSITIVE_INFINITY);
  }
  reader.end();
  return { data: sink.take() as NumericData, inRuns };
}

const digits = (minLength: number, maxLength: number) =>
  fc.array(fc.nat(9), { minLength, maxLength }).map((list) => list.join(''));
const integer = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(
      fc.constant('0'),
      fc.tuple(fc.integer({ min: 1, max: 9 }), digits(0, 11)).map((parts) => parts.join('')),
    ),
  )
  .map((parts) => parts.join(''));
const fraction = fc.oneof(
  fc.constant(''),
  digits(1, 27).map((text) => `.${text}`),
);
const exponent = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('e', 'E', 'e-', 'e+'), fc.nat(30)).map((parts) => parts.join('')) },
);
const decimal = fc.oneof(
  fc.tuple(integer, fraction, exponent).map((parts) => parts.join('')),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => JSON.stringify(value)),
  fc.float({ noDefaultInfinity: true, noNaN: true }).map((value) => JSON.stringify(value)),
);
const list = (element: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(element, { maxLength: 20 }), fc.constantFrom(',', ', ', ' ,\n'))
    .map(([items, comma]) => `[${items.join(comma)}]`);

describe('numbers read in runs', () => {
  it('are what JSON.parse makes of them, to the last bit, as float64 and rounded to float32', () => {
    fc.assert(
      fc.property(list(decimal), (text) => {
        const expected = JSON.parse(text) as number[];
        fc.pre(expected.every((value) => Number.isFinite(value)));
        expect(read('float64', text).data).toEqual(Float64Array.from(expected));
        fc.pre(expected.every((value) => Number.isFinite(Math.fround(value))));
        expect(read('float32', text).data).toEqual(Float32Array.from(expected));
      }),
      { numRuns: 5000 },
    );
  });

  it('are exact for integers', () => {
    for (const [type, array] of [
      ['int8', Int8Array],
      ['uint8', Uint8Array],
      ['int16', Int16Array],
      ['uint16', Uint16Array],
      ['int32', Int32Array],
      ['uint32', Uint32Array],
    ] as const) {
      const kind = RUN_KINDS[type];
      const within = fc.integer({ min: kind?.min ?? 0, max: kind?.max ?? 0 }).map(String);
      fc.assert(
        fc.property(list(within), (text) => {
          expect(read(type, text).data).toEqual(array.from(JSON.parse(text)));
        }),
      );
    }
  });

  it('are read in the run, but for the first of the array and the odd one', () => {
    const pixels = Array.from({ length: 3000 }, (_, at) => Math.fround((at % 256) / 255 - 0.485) / 0.229);
    expect(read('float32', JSON.stringify(pixels)).inRuns).toBeGreaterThan(2900);
    expect(read('float32', JSON.stringify(pixels.map((value) => Number(value.toFixed(4))))).inRuns).toBeGreaterThan(
      2900,
    );
    expect(read('uint8', JSON.stringify(pixels.map((_, at) => at % 256))).inRuns).toBeGreaterThan(2900);
  });

  it('end before whatever the careful reader has to judge', () => {
    const taken = (type: ServableType, text: string): [number, string] => {
      const reader = new JsonReader(new TextEncoder().encode(`${text}${' '.repeat(40)}`), 4);
      const kind = RUN_KINDS[type];
      if (kind === undefined) throw new Error('no runs');
      return [readRun(reader, new Float64Array(8), [0, 8], kind), text.slice(reader.pos)];
    };
    for (const odd of [
      'NaN',
      'Infinity',
      '-',
      '01',
      '-01',
      '1.',
      '.5',
      '1e',
      '1e+',
      '1.5.2',
      '1x',
      '"1"',
      'null',
      '[1',
      '1e400',
      '1e39',
    ]) {
      expect(taken('float32', `,1,2.5,${odd},3]`), odd).toEqual([2, `,${odd},3]`]);
    }
    for (const odd of ['128', '-129', '1.0', '1e1', '1000000000000', '4294967296']) {
      expect(taken('int8', `,1,-2,${odd},3]`), odd).toEqual([2, `,${odd},3]`]);
    }
    expect(taken('float32', ',1,2')).toEqual([1, ',2']);
    expect(taken('float32', ',1,2}')).toEqual([1, ',2}']);
    expect(taken('float32', ']')).toEqual([0, ']']);
  });

  it('leave the refusal of the element that does not fit as it was', () => {
    expect(() => read('uint8', '[1,2,3,256,5]')).toThrow('element 3 is not an integer from 0 to 255');
    expect(() => read('float32', '[1,2,3,1e39,5]')).toThrow('element 3 is not a number within');
    expect(() => read('float32', '[1,2,3,05]')).toThrow(/leading zero at byte 7/);
    expect(() => read('float32', '[1,2,3,5')).toThrow(/expected a comma or a closing bracket at byte 8/);
  });
});

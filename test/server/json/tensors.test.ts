import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServableType } from '../../../src/model/element-type.ts';
import type { TensorData } from '../../../src/model/tensor.ts';
import { JsonReader } from '../../../src/server/json/json-reader.ts';
import { nestingAt, readNested, UNKNOWN } from '../../../src/server/json/read-nested.ts';
import { TensorSink } from '../../../src/server/json/tensor-sink.ts';
import { writeTensorData } from '../../../src/server/json/write-json.ts';

interface Outcome {
  readonly data: TensorData;
  readonly dims: readonly number[];
  readonly problems: readonly string[];
}

function read(text: string, type: ServableType, dims: readonly number[] = [UNKNOWN], nonFinite = false): Outcome {
  const reader = new JsonReader(new TextEncoder().encode(text), 50);
  const sink = new TensorSink(type, 0, nonFinite);
  const problems: string[] = [];
  const path: number[] = [];
  const filled = [...dims];
  readNested(
    {
      reader,
      sink,
      dims: filled,
      path,
      onProblem: (rule, level, expected) => problems.push(`${rule} /${path.slice(0, level).join('/')}: ${expected}`),
    },
    0,
  );
  reader.end();
  return { data: sink.take(), dims: filled, problems };
}
const fits = (text: string, type: ServableType, nonFinite = false): boolean =>
  read(`[${text}]`, type, [UNKNOWN], nonFinite).problems.length === 0;

describe('elements of each type', () => {
  it('takes every integer of the range and refuses one step outside', () => {
    const ranges: readonly [ServableType, bigint, bigint][] = [
      ['int8', -128n, 127n],
      ['uint8', 0n, 255n],
      ['int16', -32768n, 32767n],
      ['uint16', 0n, 65535n],
      ['int32', -(2n ** 31n), 2n ** 31n - 1n],
      ['uint32', 0n, 2n ** 32n - 1n],
      ['int64', -(2n ** 63n), 2n ** 63n - 1n],
      ['uint64', 0n, 2n ** 64n - 1n],
    ];
    for (const [type, min, max] of ranges) {
      const { data, problems } = read(`[${min},0,${max}]`, type);
      expect(problems).toEqual([]);
      expect([...(data as BigInt64Array)].map(String)).toEqual([`${min}`, '0', `${max}`]);
      expect(fits(`${min - 1n}`, type), `${type} below`).toBe(false);
      expect(fits(`${max + 1n}`, type), `${type} above`).toBe(false);
      expect(read(`[${max + 1n}]`, type).problems).toEqual([`type /0: an integer from ${min} to ${max}`]);
    }
  });

  it('takes an integer however it is written, exactly, and nothing with a fraction', () => {
    for (const type of ['int32', 'int64', 'uint8', 'uint64'] as const) {
      const { data, problems } = read('[1.0, 1e2, 10e-1, 1.5e1, 0e99999999, 120.00]', type);
      expect(problems).toEqual([]);
      expect([...(data as Int32Array)].map(Number)).toEqual([1, 100, 1, 15, 0, 120]);
      for (const bad of ['1.5', '1e-1', '1.00000000000000000001', '1e400', 'true', '"1"', 'null', '[1]', '{}']) {
        expect(fits(bad, type), `${type} ${bad}`).toBe(false);
      }
    }
    expect(read('[9007199254740993.0, 9223372036854775807, 9.223372036854775807e18]', 'int64').data).toEqual(
      BigInt64Array.from([9007199254740993n, 9223372036854775807n, 9223372036854775807n]),
    );
  });

  it('reads any 64-bit integer without loss and writes it back digit by digit', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (values) => {
        const text = `[${values.join(',')}]`;
        const { data } = read(text, 'int64');
        expect([...(data as BigInt64Array)]).toEqual(values);
        expect(writeTensorData({ type: 'int64', dims: [values.length], data })).toBe(text);
      }),
    );
  });

  it('reads floats as their own type and writes digits that read back as the same float', () => {
    const same = (type: 'float32' | 'float64', values: readonly number[]): void => {
      const { data, problems } = read(JSON.stringify(values), type);
      expect(problems).toEqual([]);
      const text = writeTensorData({ type, dims: [values.length], data });
      expect(read(text, type).data).toEqual(data);
    };
    const options = { noNaN: true, noDefaultInfinity: true };
    fc.assert(fc.property(fc.array(fc.float(options)), (values) => same('float32', values)));
    fc.assert(fc.property(fc.array(fc.double(options)), (values) => same('float64', values)));
    expect(writeTensorData({ type: 'float32', dims: [2], data: Float32Array.of(0.15374075, 0.1) })).toBe(
      '[0.15374075,0.1]',
    );
    expect(writeTensorData({ type: 'float32', dims: [3], data: Float32Array.of(NaN, -Infinity, -0) })).toBe(
      '[null,null,-0]',
    );
  });

  it('reads and writes every finite half', () => {
    const halves = Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => (bits & 0x7c00) !== 0x7c00);
    const data = Uint16Array.from(halves);
    expect(read(writeTensorData({ type: 'float16', dims: [data.length], data }), 'float16').data).toEqual(data);
    expect(writeTensorData({ type: 'float16', dims: [2], data: Uint16Array.of(0x3555, 0x7bff) })).toBe(
      '[0.33325195,65504]',
    );
  });

  it('refuses finite numbers that overflow the type, and takes bare NaN and Infinity only where allowed', () => {
    expect(fits('3.4028235e38', 'float32')).toBe(true);
    expect(fits('3.5e38', 'float32')).toBe(false);
    expect(fits('65519', 'float16')).toBe(true);
    expect(fits('65520', 'float16')).toBe(false);
    for (const type of ['float16', 'float32', 'float64'] as const) {
      expect(fits('1e400', type)).toBe(false);
      expect(fits('NaN,Infinity,-Infinity', type, true)).toBe(true);
      expect(() => fits('NaN', type)).toThrow('expected a value');
      expect(fits('null', type, true)).toBe(false);
    }
    expect(read('[NaN,-Infinity]', 'float32', [UNKNOWN], true).data).toEqual(Float32Array.of(NaN, -Infinity));
    expect(fits('NaN', 'int32', true)).toBe(false);
  });

  it('takes true and false alone for bool', () => {
    expect(read('[true,false]', 'bool').data).toEqual(Uint8Array.of(1, 0));
    for (const bad of ['1', '0', '"true"', 'null']) expect(fits(bad, 'bool')).toBe(false);
  });

  it('refuses strings that the runtime would change on the way in', () => {
    expect(read('["a","","é","\\ud83d\\ude00","\\u00e9"]', 'string').data).toEqual(['a', '', 'é', '😀', 'é']);
    for (const bad of ['"he\\u0000llo"', '"\\ud800"', '"\\ude00\\ud83d"', '1']) expect(fits(bad, 'string')).toBe(false);
  });
});

describe('nested arrays', () => {
  it('learns the lengths, and keeps row-major order', () => {
    const { data, dims, problems } = read('[[[1,2],[3,4],[5,6]],[[7,8],[9,10],[11,12]]]', 'int32', [
      UNKNOWN,
      UNKNOWN,
      UNKNOWN,
    ]);
    expect(problems).toEqual([]);
    expect(dims).toEqual([2, 3, 2]);
    expect([...(data as Int32Array)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('says where a length or an element is wrong, and reads on', () => {
    expect(read('[[1,2],[3],[4,"x"],5,[6,7,8]]', 'float32', [UNKNOWN, 2]).problems).toEqual([
      'shape /1: an array of length 2',
      `type /2/1: a number within ±3.4028234663852886e+38`,
      'shape /3: an array of length 2',
      'shape /4: an array of length 2',
    ]);
  });

  it('sees the rank of what stands at the cursor without moving', () => {
    const reader = new JsonReader(new TextEncoder().encode(' [ [ [ 1'), 50);
    expect(nestingAt(reader)).toBe(3);
    expect(reader.pos).toBe(0);
    expect(nestingAt(new JsonReader(new TextEncoder().encode('5'), 50))).toBe(0);
  });
});

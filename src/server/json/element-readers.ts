/** One table: element type → the function that reads one JSON value into its typed array, with the range check of the type. */
import type { ServableType } from '../../model/element-type.ts';
import { encodeFloat16, FLOAT16_MAX } from '../../model/float16.ts';
import type { TensorArrays, TensorData } from '../../model/tensor.ts';
import { isSendable } from '../../service/element.ts';
import { exactInteger } from '../../service/exact-integer.ts';
import { type JsonReader, QUOTE } from './json-reader.ts';
import { skipValue, takeNonFinite } from './read-value.ts';

export interface ElementReader {
  /**
   * Reads the value at the cursor into `data[at]`. False when it does not fit the type: it was stepped over, and the element is not
   * set. Bare NaN and Infinity are taken by floating types where `nonFinite` says so, and are a syntax error elsewhere.
   */
  readonly read: (reader: JsonReader, data: TensorData, at: number, nonFinite: boolean) => boolean;
  /** What a value has to be: `an integer from 0 to 255`. */
  readonly expected: string;
}

const FLOAT32_MAX = 3.4028234663852886e38;
const NUMBER = 1;
const OTHER = 2;

/** Whether a number starts at the cursor, without reading it. */
function kindAt(reader: JsonReader): typeof NUMBER | typeof OTHER {
  const byte = reader.peek();
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2d ? NUMBER : OTHER;
}

/** Steps over a value that does not fit; syntax errors in it still throw. */
function refuse(reader: JsonReader, nonFinite: boolean): false {
  skipValue(reader, nonFinite);
  return false;
}

/** `store` answers whether the number fits. */
function floating(expected: string, store: (data: TensorData, at: number, value: number) => boolean): ElementReader {
  return {
    expected,
    read: (reader, data, at, nonFinite) => {
      if (nonFinite) {
        const token = takeNonFinite(reader);
        if (token !== undefined) return store(data, at, token);
      }
      if (kindAt(reader) !== NUMBER) return refuse(reader, nonFinite);
      const value = reader.number();
      return Number.isFinite(value) && store(data, at, value);
    },
  };
}

function small(min: number, max: number): ElementReader {
  return {
    expected: `an integer from ${min} to ${max}`,
    read: (reader, data, at, nonFinite) => {
      if (kindAt(reader) !== NUMBER) return refuse(reader, nonFinite);
      const value = reader.number();
      // A double next to an integer may be that integer only after rounding: 1.00000000000000001.
      if (!(value >= min && value <= max) || !Number.isInteger(value)) return false;
      if (!reader.wasInteger && exactInteger(reader.numberText()) === undefined) return false;
      (data as Int32Array)[at] = value;
      return true;
    },
  };
}

function big(min: bigint, max: bigint): ElementReader {
  return {
    expected: `an integer from ${min} to ${max}`,
    read: (reader, data, at, nonFinite) => {
      if (kindAt(reader) !== NUMBER) return refuse(reader, nonFinite);
      const near = reader.number();
      const exact = reader.wasInteger && Number.isSafeInteger(near) ? BigInt(near) : exactInteger(reader.numberText());
      if (exact === undefined || exact < min || exact > max) return false;
      (data as BigInt64Array)[at] = exact;
      return true;
    },
  };
}

const bool: ElementReader = {
  expected: 'true or false',
  read: (reader, data, at, nonFinite) => {
    const isTrue = reader.take('true');
    if (!isTrue && !reader.take('false')) return refuse(reader, nonFinite);
    (data as Uint8Array)[at] = isTrue ? 1 : 0;
    return true;
  },
};

const string: ElementReader = {
  expected: 'a string without NUL characters and unpaired surrogates',
  read: (reader, data, at, nonFinite) => {
    if (reader.peek() !== QUOTE) return refuse(reader, nonFinite);
    const text = reader.string();
    if (reader.hadEscape && !isSendable(text)) return false;
    (data as string[])[at] = text;
    return true;
  },
};

export const ELEMENT_READERS: { readonly [T in ServableType]: ElementReader } = {
  float32: floating(`a number within ±${FLOAT32_MAX}`, (data, at, value) => {
    (data as Float32Array)[at] = value;
    // Past the largest float32 the store gives infinity, which nobody sent.
    return Number.isFinite((data as Float32Array)[at]) || !Number.isFinite(value);
  }),
  float64: floating(`a number within ±${Number.MAX_VALUE}`, (data, at, value) => {
    (data as Float64Array)[at] = value;
    return true;
  }),
  float16: floating(`a number within ±${FLOAT16_MAX}`, (data, at, value) => {
    const bits = encodeFloat16(value);
    (data as TensorArrays['float16'])[at] = bits ?? 0;
    return bits !== undefined;
  }),
  int8: small(-128, 127),
  int16: small(-32768, 32767),
  int32: small(-2147483648, 2147483647),
  int64: big(-(2n ** 63n), 2n ** 63n - 1n),
  uint8: small(0, 255),
  uint16: small(0, 65535),
  uint32: small(0, 4294967295),
  uint64: big(0n, 2n ** 64n - 1n),
  bool,
  string,
};

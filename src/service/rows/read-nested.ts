/** A nested array of one tensor × its element type → dims and row-major elements. */
import type { ServableType } from '../../model/element-type.ts';
import { encodeFloat16 } from '../../model/float16.ts';
import { allocate, elementCount, type TensorData } from '../../model/tensor.ts';
import { isNamed, type RowValue } from './row.ts';

export interface NestedTensor {
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/** What is wrong with a nested array, in words, without the value. */
export class NestedError extends Error {
  override readonly name = 'NestedError';
}

/** Throws `NestedError` for arrays of unequal length and elements that are not of the type. */
export function readNested(value: RowValue, type: ServableType): NestedTensor {
  const dims: number[] = [];
  for (let at = value; isArray(at); at = at[0] ?? null) dims.push(at.length);
  // An empty array ends the descent: what would stand below it cannot be known.
  const data = allocate(type, elementCount(dims));
  const convert = CONVERT[type];
  let next = 0;
  const fill = (part: RowValue, depth: number): void => {
    if (depth < dims.length) {
      if (!isArray(part) || part.length !== dims[depth]) throw new NestedError('arrays of unequal length or depth');
      for (const each of part) fill(each, depth + 1);
      return;
    }
    const element = isArray(part) || isNamed(part) ? undefined : convert(part);
    if (element === undefined) throw new NestedError(`an element is not ${EXPECTED[type] ?? `of type ${type}`}`);
    (data as (number | bigint | string)[])[next++] = element;
  };
  fill(value, 0);
  return { dims, data };
}

function isArray(value: RowValue): value is readonly RowValue[] {
  return Array.isArray(value);
}

type Convert = (value: RowValue) => number | bigint | string | undefined;

/** `store` gives what the typed array holds, undefined for a finite number it would turn into infinity. */
function float(store: (value: number) => number | undefined): Convert {
  return (value) => (typeof value === 'number' || typeof value === 'bigint' ? store(Number(value)) : undefined);
}

function integer(bits: number, signed: boolean): Convert {
  const min = signed ? -(2n ** BigInt(bits - 1)) : 0n;
  const max = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  return (value) => {
    const isInteger = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
    if (!isInteger || value < min || value > max) return undefined;
    return bits === 64 ? BigInt(value) : Number(value);
  };
}

function bool(value: RowValue): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value === 0 || value === 1 ? value : undefined;
}

/** The runtime cuts strings at NUL and replaces lone surrogates, both without a word. */
function text(value: RowValue): string | undefined {
  return typeof value === 'string' && !/\0|\p{Surrogate}/u.test(value) ? value : undefined;
}

const CONVERT: Readonly<Record<ServableType, Convert>> = {
  float32: float((value) => (Number.isFinite(value) && !Number.isFinite(Math.fround(value)) ? undefined : value)),
  float64: float((value) => value),
  float16: float(encodeFloat16),
  int8: integer(8, true),
  int16: integer(16, true),
  int32: integer(32, true),
  int64: integer(64, true),
  uint8: integer(8, false),
  uint16: integer(16, false),
  uint32: integer(32, false),
  uint64: integer(64, false),
  bool,
  string: text,
};

const EXPECTED: Partial<Record<ServableType, string>> = {
  bool: 'true, false, 1 or 0',
  string: 'a string without NUL and unpaired surrogates',
};

/** A value of the user's world → what a tensor of some element type stores; and the bounds of each type. */
import type { ServableType } from '../model/element-type.ts';
import { encodeFloat16, FLOAT16_MAX } from '../model/float16.ts';

/** One element as the typed array of its type takes it (float16: the bit pattern; bool: 0 or 1). */
export type Element = number | bigint | string;

/** Storage indexed like any typed array or string array. */
export interface ElementStore {
  [index: number]: Element;
}

export interface Bounds {
  readonly min: number | bigint;
  readonly max: number | bigint;
}

/** Smallest and largest value a numeric type holds; finite ones for floats. */
export const BOUNDS = {
  float32: { min: -3.4028234663852886e38, max: 3.4028234663852886e38 },
  float64: { min: -Number.MAX_VALUE, max: Number.MAX_VALUE },
  float16: { min: -FLOAT16_MAX, max: FLOAT16_MAX },
  int8: { min: -128, max: 127 },
  int16: { min: -32768, max: 32767 },
  int32: { min: -2147483648, max: 2147483647 },
  int64: { min: -(2n ** 63n), max: 2n ** 63n - 1n },
  uint8: { min: 0, max: 255 },
  uint16: { min: 0, max: 65535 },
  uint32: { min: 0, max: 4294967295 },
  uint64: { min: 0n, max: 2n ** 64n - 1n },
  bool: { min: 0, max: 1 },
} as const satisfies Record<Exclude<ServableType, 'string'>, Bounds>;

export function isFloat(type: ServableType): boolean {
  return type === 'float32' || type === 'float64' || type === 'float16';
}

/** NUL, where onnxruntime cuts a string off, and halves of surrogate pairs, which it replaces. */
const UNSENDABLE = /[\0\p{Surrogate}]/u;

/** Whether onnxruntime carries a string unchanged. */
export function isSendable(text: string): boolean {
  return !UNSENDABLE.test(text);
}

/** The element for a value, or undefined when the type cannot hold it. NaN is held by floats alone, infinity by none. */
export function toElement(type: ServableType, value: number | bigint | string | boolean): Element | undefined {
  if (type === 'string') return typeof value === 'string' && isSendable(value) ? value : undefined;
  if (typeof value === 'string') return undefined;
  const number = typeof value === 'boolean' ? Number(value) : value;
  const { min, max } = BOUNDS[type];
  if (isFloat(type)) {
    const float = Number(number);
    // The largest float32 is written with fewer digits than it has: 3.4028235e38 is above it and rounds to it.
    const held = type === 'float32' ? Math.fround(float) : float;
    if (!Number.isNaN(held) && !(held >= min && held <= max)) return undefined;
    return type === 'float16' ? encodeFloat16(float) : float;
  }
  if (!(number >= min && number <= max) || (typeof number === 'number' && !Number.isInteger(number))) return undefined;
  return type === 'int64' || type === 'uint64' ? BigInt(number) : Number(number);
}

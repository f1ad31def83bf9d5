/** A tensor at our boundary: element type, dims, and row-major data in the typed array onnxruntime-node uses. */
import { Buffer } from 'node:buffer';
import type { ServableType } from './element-type.ts';

/** float16 travels as its 16-bit pattern in a Uint16Array; bool as 0/1 in a Uint8Array. */
export interface TensorArrays {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly float16: Uint16Array;
  readonly int8: Int8Array;
  readonly int16: Int16Array;
  readonly int32: Int32Array;
  readonly int64: BigInt64Array;
  readonly uint8: Uint8Array;
  readonly uint16: Uint16Array;
  readonly uint32: Uint32Array;
  readonly uint64: BigUint64Array;
  readonly bool: Uint8Array;
  readonly string: string[];
}

export type TensorData = TensorArrays[ServableType];
export type NumericData = Exclude<TensorData, string[]>;

export interface Tensor {
  readonly type: ServableType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/** Tensors by name. A Map, because a model may call an input `__proto__`. */
export type Tensors = ReadonlyMap<string, Tensor>;

const CONSTRUCTORS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

/** Zero-filled (or empty-string-filled) storage for `length` elements. */
export function allocate<T extends ServableType>(type: T, length: number): TensorArrays[T];
export function allocate(type: ServableType, length: number): TensorData {
  return type === 'string' ? new Array<string>(length).fill('') : new CONSTRUCTORS[type](length);
}

/** `allocate` for whoever fills in every element: large arrays hold what was in their memory before. */
export function allocateUnfilled(type: Exclude<ServableType, 'string'>, length: number): NumericData {
  const { BYTES_PER_ELEMENT: width } = CONSTRUCTORS[type];
  if (length * width < SMALLEST_UNFILLED) return allocate(type, length) as NumericData;
  return elementsIn(type, Buffer.allocUnsafeSlow(length * width));
}

/** Bytes of one element; undefined for strings, which have no fixed size. */
export function elementBytes(type: ServableType): number | undefined {
  return type === 'string' ? undefined : CONSTRUCTORS[type].BYTES_PER_ELEMENT;
}

/** The elements that lie in `bytes`, row-major and little-endian, as every platform of the runtime has them: a view where they are aligned, else a copy. */
export function elementsIn(type: Exclude<ServableType, 'string'>, bytes: Uint8Array): NumericData {
  const { BYTES_PER_ELEMENT: width } = CONSTRUCTORS[type];
  const aligned = bytes.byteOffset % width === 0 ? bytes : alignedCopy(bytes, width);
  return new CONSTRUCTORS[type](aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.length / width);
}

/** Below, zeros cost less than the call. */
const SMALLEST_UNFILLED = 16_384;

/** Few bytes go into Node's pool, which begins at multiples of eight: an ArrayBuffer of their own would cost more than all the rest. */
function alignedCopy(bytes: Uint8Array, width: number): Uint8Array {
  const copy = Buffer.allocUnsafe(bytes.length);
  if (copy.byteOffset % width !== 0) return new Uint8Array(bytes);
  copy.set(bytes);
  return copy;
}

/** The bytes of numeric elements, not copied. */
export function bytesOf(data: NumericData): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** Product of dims; 1 for a scalar. Exact up to 2^53, Infinity-safe: callers compare it with a limit first. */
export function elementCount(dims: readonly number[]): number {
  let count = 1;
  for (const dim of dims) count *= dim;
  return count;
}

/** A `TensorRecord` → how many elements its dims announce and how many bytes they take. */
import { ELEMENT_TYPES, elementTypeFromOnnx } from './element-type.ts';
import { WireReader } from './protobuf.ts';
import type { ByteSource, TensorRecord } from './structure.ts';

/** TensorProto.string_data. */
export const STRING_DATA = 6;

/** Beyond it the exact number of elements does not matter, and a file of many dimensions could make it arbitrarily long. */
const MANY = 2n ** 80n;

/** Product of dims; 1n for a scalar. Exact up to 2^80, beyond it some larger number. */
export function tensorElements({ dims }: Pick<TensorRecord, 'dims'>): bigint {
  if (dims.includes(0n)) return 0n;
  let product = 1n;
  for (const dim of dims) {
    if (product > MANY) break;
    product *= dim;
  }
  return product;
}

/**
 * Bytes of the elements that dims announce, sub-byte types packed. For strings the bytes of the stored ones.
 * Undefined for an element type that has no known size, or negative dims.
 */
export function tensorBytes(tensor: TensorRecord, source: ByteSource): bigint | undefined {
  const type = elementTypeFromOnnx(tensor.dataType);
  if (type === undefined || tensor.dims.some((dim) => dim < 0n)) return undefined;
  const { bits } = ELEMENT_TYPES[type];
  return bits === null ? stringBytes(tensor, source) : (tensorElements(tensor) * BigInt(bits) + 7n) / 8n;
}

function stringBytes(tensor: TensorRecord, source: ByteSource): bigint {
  let bytes = 0;
  const reader = new WireReader(source, tensor.range);
  reader.fields((field) => {
    if (field !== STRING_DATA) return;
    const { start, end } = reader.range();
    bytes += end - start;
  });
  return BigInt(bytes);
}

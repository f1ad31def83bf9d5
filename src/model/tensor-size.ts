/** A `TensorRecord` → how many elements its dims announce and how many bytes they take. */
import { ELEMENT_TYPES, elementTypeFromOnnx } from './element-type.ts';
import { WireReader } from './protobuf.ts';
import type { ByteSource, TensorRecord } from './structure.ts';

/** TensorProto.string_data. */
export const STRING_DATA = 6;

/** Product of dims; 1n for a scalar. */
export function tensorElements({ dims }: Pick<TensorRecord, 'dims'>): bigint {
  return dims.reduce((product, dim) => product * dim, 1n);
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

/** Dims and element type of a stored tensor → how many elements and bytes it has, or undefined when no machine could hold it. */
import { ELEMENT_TYPES, elementTypeFromOnnx } from './element-type.ts';
import { WireReader } from './protobuf.ts';
import type { ByteSource, TensorRecord } from './structure.ts';

/** TensorProto.string_data. */
export const STRING_DATA = 6;

/** Product of dims, 1 for a scalar; undefined for a negative dimension or a product beyond 2^53. Linear in the number of dims. */
export function elementTotal(dims: readonly bigint[]): number | undefined {
  if (dims.some((dim) => dim < 0n)) return undefined;
  if (dims.includes(0n)) return 0;
  let total = 1;
  for (const dim of dims) {
    total *= Number(dim);
    if (total > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return total;
}

/** Bytes of the dense tensor, sub-byte types packed; undefined for strings, types without a size, and impossible dims. */
export function denseBytes({ dataType, dims }: Pick<TensorRecord, 'dataType' | 'dims'>): number | undefined {
  const type = elementTypeFromOnnx(dataType);
  const bits = type === undefined ? null : ELEMENT_TYPES[type].bits;
  const total = elementTotal(dims);
  return bits === null || total === undefined ? undefined : Math.ceil((total * bits) / 8);
}

/** `denseBytes`; for strings the bytes of the stored ones. */
export function tensorBytes(tensor: TensorRecord, source: ByteSource): number | undefined {
  const isText = elementTypeFromOnnx(tensor.dataType) === 'string';
  return isText && elementTotal(tensor.dims) !== undefined ? stringBytes(tensor, source) : denseBytes(tensor);
}

function stringBytes(tensor: TensorRecord, source: ByteSource): number {
  let bytes = 0;
  const reader = new WireReader(source, tensor.range);
  reader.fields((field) => {
    if (field !== STRING_DATA) return;
    const { start, end } = reader.range();
    bytes += end - start;
  });
  return bytes;
}

/** Dims and element type of a stored tensor → how many elements and bytes it has, or undefined when no machine could hold it. */
import { ELEMENT_TYPES, elementTypeFromOnnx } from './element-type.ts';

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

/** Bytes of the dense tensor; undefined for strings, types without a size, and impossible dims. */
export function storedBytes({ dataType, dims }: { dataType: number; dims: readonly bigint[] }): number | undefined {
  const type = elementTypeFromOnnx(dataType);
  const bits = type === undefined ? null : ELEMENT_TYPES[type].bits;
  const total = elementTotal(dims);
  return bits === null || total === undefined ? undefined : Math.ceil((total * bits) / 8);
}

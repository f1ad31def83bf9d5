/** Sample feeds → feeds whose rows differ from one another, so that a model that mixes rows gives itself away. */

import { encodeFloat16 } from './float16.ts';
import { elementCount, type Tensor, type TensorData, type Tensors } from './tensor.ts';

export interface Variety {
  /** Integers, booleans and strings too; they may be indices or words that only some values of are allowed. Floats always vary. */
  readonly discrete: boolean;
}

/**
 * Floats are fractions strictly between -2 and 2, integers and booleans 0 or 1, strings one digit. Row r has the same values however many rows there are.
 * Changes the data of `samples` in place.
 */
export function varyRows(samples: Tensors, { discrete }: Variety): Tensors {
  let salt = 0;
  for (const tensor of samples.values()) {
    salt += 7;
    const isFloat = tensor.type === 'float32' || tensor.type === 'float64' || tensor.type === 'float16';
    if (isFloat || discrete) fill(tensor, salt);
  }
  return samples;
}

function fill({ type, dims, data }: Tensor, salt: number): void {
  const width = elementCount(dims.slice(1));
  const target = data as TensorData as (number | bigint | string)[];
  for (let at = 0; at < data.length; at++) {
    const row = Math.floor(at / width);
    const noise = scramble(Math.imul(row + 1, 0x9e3779b1) ^ Math.imul((at % width) + salt, 0x85ebca6b));
    // An odd number of 1024ths: exact in float16 too.
    const fraction = (2 * (noise % 2048) - 2047) / 1024;
    if (type === 'float16') target[at] = encodeFloat16(fraction) ?? 0;
    else if (type === 'float32' || type === 'float64') target[at] = fraction;
    else if (type === 'string') target[at] = String(noise % 10);
    else if (type === 'int64' || type === 'uint64') target[at] = BigInt(noise & 1);
    else target[at] = noise & 1;
  }
}

/** A mixing step of 32 bits; the result is not negative. */
function scramble(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

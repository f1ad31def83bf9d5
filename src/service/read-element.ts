/** A tensor → a function that reads an element as JSON writes it. */
import { readableFloat16 } from '../model/float16.ts';
import { shortestFloat32 } from '../model/float32.ts';
import type { Tensor, TensorArrays } from '../model/tensor.ts';

export type ReadElement = (at: number) => number | bigint | string | boolean;

/** Reads element `at`: float32 and float16 with the fewest digits of a float32, 64-bit integers as number where that is exact, bool as boolean. */
export function readerOf({ type, data }: Tensor): ReadElement {
  switch (type) {
    case 'float32':
      return (at) => shortestFloat32((data as TensorArrays['float32'])[at] as number);
    case 'float16':
      return (at) => readableFloat16((data as TensorArrays['float16'])[at] as number);
    case 'bool':
      return (at) => data[at] !== 0;
    case 'int64':
    case 'uint64':
      return (at) => {
        const value = (data as TensorArrays['int64'])[at] as bigint;
        const number = Number(value);
        return Number.isSafeInteger(number) ? number : value;
      };
    default:
      return (at) => data[at] as number | string;
  }
}

/** Integers and booleans as protobuf writes them → the elements of a tensor. No BigInt is made on the way: a message may hold millions. */
import type { ServableType } from '../../model/element-type.ts';
import type { NumericData } from '../../model/tensor.ts';
import { BOUNDS } from '../../service/element.ts';

export type VarintType = Exclude<ServableType, 'float16' | 'float32' | 'float64' | 'string'>;

/** Puts an element in its place from its lower and upper 32 bits; false when the type cannot hold it. */
type Put = (at: number, low: number, high: number) => boolean;

/** `data` is the array of `type`. Each call goes on where the last one ended; it throws `misfit` of the first element that the type cannot hold. */
export function varintFiller(
  type: VarintType,
  data: NumericData,
  misfit: (element: number) => Error,
): (bytes: Uint8Array, start: number, end: number) => void {
  const put = putter(type, data);
  let element = 0;
  return (bytes, start, end) => {
    for (let at = start; at < end; element++) {
      let byte = bytes[at++] as number;
      let low = byte & 0x7f;
      let high = 0;
      for (let shift = 7; byte >= 0x80; shift += 7) {
        byte = bytes[at++] as number;
        const bits = byte & 0x7f;
        if (shift < 32) low |= bits << shift;
        if (shift === 28) high = bits >> 4;
        else if (shift > 28) high |= bits << (shift - 32);
      }
      if (!put(element, low, high)) throw misfit(element);
    }
  };
}

/** 32 bits are what is left of a longer number, as every protobuf reader has it. */
function putter(type: VarintType, data: NumericData): Put {
  if (type === 'int64' || type === 'uint64') {
    const halves = new Int32Array(data.buffer, data.byteOffset, data.length * 2);
    return (at, low, high) => {
      halves[at * 2] = low;
      halves[at * 2 + 1] = high;
      return true;
    };
  }
  const elements = data as Exclude<NumericData, BigInt64Array | BigUint64Array>;
  if (type === 'bool') {
    return (at, low, high) => {
      elements[at] = low === 0 && high === 0 ? 0 : 1;
      return true;
    };
  }
  const { min, max } = BOUNDS[type];
  const isUnsigned = min === 0;
  return (at, low) => {
    const value = isUnsigned ? low >>> 0 : low;
    elements[at] = value;
    return value >= min && value <= max;
  };
}

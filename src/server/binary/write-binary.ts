/** A tensor → the bytes the binary tensor data extension carries: numbers as they lie, row-major and little-endian; strings with their lengths. */
import { bytesOf, type NumericData, type Tensor } from '../../model/tensor.ts';
import { writeStrings } from './string-elements.ts';

/** Not copied where the elements are numbers. */
export function writeBinary({ data }: Tensor): Uint8Array {
  return Array.isArray(data) ? writeStrings(data) : bytesOf(data as NumericData);
}

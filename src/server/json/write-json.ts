/** A tensor → JSON text: 64-bit integers digit by digit, floats with the fewest digits that read back as the same float32 or float64, non-finite as null. */
import { readableFloat16 } from '../../model/float16.ts';
import { shortestFloat32 } from '../../model/float32.ts';
import type { Tensor, TensorArrays } from '../../model/tensor.ts';
import { numberText } from '../../service/rows/write-json.ts';

/** The elements of a tensor as one flat JSON array. */
export function writeTensorData(tensor: Tensor): string {
  switch (tensor.type) {
    case 'float32':
      return writeNumbers(tensor.data as Float32Array, shortestFloat32);
    case 'float64':
      return writeNumbers(tensor.data as Float64Array, (value) => value);
    case 'float16':
      return writeNumbers(tensor.data as TensorArrays['float16'], readableFloat16);
    case 'bool':
      return `[${Array.from(tensor.data as Uint8Array, (bit) => bit !== 0).join(',')}]`;
    case 'string':
      return `[${(tensor.data as string[]).map((text) => JSON.stringify(text)).join(',')}]`;
    default:
      return `[${(tensor.data as Int32Array).join(',')}]`;
  }
}

function writeNumbers(data: Float32Array | Float64Array | Uint16Array, toNumber: (element: number) => number): string {
  let text = '[';
  for (let at = 0; at < data.length; at++) {
    if (at > 0) text += ',';
    text += numberText(toNumber(data[at] as number));
  }
  return `${text}]`;
}

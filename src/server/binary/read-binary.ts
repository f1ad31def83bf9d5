/** The bytes of one tensor (binary tensor data extension, raw contents of gRPC) → its elements. Throws the 400 that says what is wrong. */
import { elementBytes, elementsIn, type TensorData } from '../../model/tensor.ts';
import type { TensorPlan } from '../model-entry.ts';
import { Refusal } from '../refusal.ts';
import { readStrings } from './string-elements.ts';

/** `count` elements of the input `plan` of `model`. Numbers stay where they are if they are aligned: `bytes` must not change afterwards. */
export function readBinary({ name, type }: TensorPlan, count: number, bytes: Uint8Array, model: string): TensorData {
  if (type === 'string') return readStrings(bytes, count, { name, model });
  const expected = count * (elementBytes(type) ?? 1);
  if (bytes.length !== expected) {
    throw new Refusal(
      400,
      `input byte size mismatch for input '${name}' for model '${model}'. Expected ${expected}, got ${bytes.length}`,
    );
  }
  if (type === 'bool') checkBools(bytes, name);
  return elementsIn(type, bytes);
}

/** The runtime does not say what it makes of another byte. */
function checkBools(bytes: Uint8Array, name: string): void {
  for (let at = 0; at < bytes.length; at++) {
    if ((bytes[at] as number) > 1) {
      throw new Refusal(400, `Unable to parse the data of input '${name}': element ${at} is neither 0 nor 1`);
    }
  }
}

/** Our tensors ↔ those of the native binding. float16 is carried as 16-bit patterns on every Node version. */
import { isServable } from '../model/element-type.ts';
import type { Tensor } from '../model/tensor.ts';
import type { NativeTensor } from './ort-binding.ts';

export function toNative({ type, data, dims }: Tensor): NativeTensor {
  return { type, data, dims, location: 'cpu' };
}

/** Throws for an element type that has no protocol name, which no loaded model has. */
export function fromNative({ type, data, dims }: NativeTensor): Tensor {
  const ours = type as Tensor['type'];
  if (!isServable(ours)) throw new Error(`onnxruntime answered a tensor of type ${type}`);
  return { type: ours, dims, data: data as Tensor['data'] };
}

/** Our tensors ↔ onnxruntime's. float16 is carried as 16-bit patterns on every Node version. */
import type { Tensor as OrtTensor, TensorConstructor } from 'onnxruntime-common';
import { isServable } from '../model/element-type.ts';
import { allocate, type Tensor } from '../model/tensor.ts';

export function toOrt(Constructor: TensorConstructor, tensor: Tensor): OrtTensor {
  const { type, data, dims } = tensor;
  // The constructor's overloads pair each type with its array, as `Tensor` does; TypeScript cannot see through the union.
  const made = new Constructor(type as 'float32', data as Float32Array, dims);
  // Where a global Float16Array exists (Node 24) the constructor wraps the bits in one, and the 1.30 binding then reads zero bytes
  // ("not enough space: expected 6, got 0"). The binding reads `cpuData`, and does know Uint16Array.
  if (type === 'float16') (made as unknown as { cpuData: unknown }).cpuData = data;
  return made;
}

/** Throws for an element type that has no protocol name, which no loaded model has. */
export function fromOrt({ type, data, dims }: OrtTensor): Tensor {
  const ours = type as Tensor['type'];
  if (!isServable(ours)) throw new Error(`onnxruntime answered a tensor of type ${type}`);
  // The binding gives scalars and empty tensors like all others; only float16 depends on the Node version.
  if (ours !== 'float16') return { type: ours, dims: [...dims], data: data as Tensor['data'] };
  const bits = data as unknown as Uint16Array;
  const view = bits.length === 0 ? allocate('float16', 0) : new Uint16Array(bits.buffer, bits.byteOffset, bits.length);
  return { type: ours, dims: [...dims], data: view };
}

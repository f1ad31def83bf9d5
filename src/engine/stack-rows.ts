/** Tensors of several requests ↔ the tensors of one run: put together and taken apart along dimension 0. */
import { allocateUnfilled, type NumericData, type Tensor, type TensorData, type Tensors } from '../model/tensor.ts';

/** The rows of all parts under one another. The parts have the same names, element types and dims apart from the first; at least one part. */
export function stackRows(parts: readonly Tensors[]): Tensors {
  const stacked = new Map<string, Tensor>();
  for (const [name, { type, dims }] of parts[0] ?? []) {
    const tensors = parts.map((part) => tensorOf(part, name));
    const rows = tensors.reduce((sum, tensor) => sum + (tensor.dims[0] ?? 0), 0);
    stacked.set(name, { type, dims: [rows, ...dims.slice(1)], data: joined(tensors) });
  }
  return stacked;
}

/** Rows `[start, end)` of every tensor: views for numbers, copies for strings. Every first dimension counts rows. */
export function sliceRows(tensors: Tensors, start: number, end: number): Tensors {
  const slices = new Map<string, Tensor>();
  for (const [name, { type, dims, data }] of tensors) {
    const size = data.length / (dims[0] ?? 1);
    const part = Array.isArray(data) ? data.slice(start * size, end * size) : data.subarray(start * size, end * size);
    const own = dims.slice();
    own[0] = end - start;
    slices.set(name, { type, dims: own, data: part });
  }
  return slices;
}

/** With buffers of their own: a run may take them away. */
export function copyRows(tensors: Tensors): Tensors {
  return new Map([...tensors].map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]));
}

/** Whether each tensor has exactly this many rows, which is what lets `sliceRows` take it apart. */
export function haveRows(tensors: Tensors, rows: number): boolean {
  for (const { dims } of tensors.values()) if (dims[0] !== rows) return false;
  return true;
}

/** So few elements are copied before `set` has begun. */
const FEW = 32;

function joined(tensors: readonly Tensor[]): TensorData {
  const [first] = tensors;
  if (first === undefined) throw new Error('no tensors to join');
  if (first.type === 'string') return tensors.flatMap(({ data }) => data as string[]);
  const length = tensors.reduce((sum, { data }) => sum + data.length, 0);
  // The union of array types has no common `set`; equal element types mean equal array types.
  const whole = allocateUnfilled(first.type, length) as Float32Array;
  let at = 0;
  for (const tensor of tensors) {
    const data = tensor.data as NumericData as Float32Array;
    if (data.length > FEW) whole.set(data, at);
    else for (let element = 0; element < data.length; element++) whole[at + element] = data[element] as number;
    at += data.length;
  }
  return whole;
}

function tensorOf(tensors: Tensors, name: string): Tensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`a request of another shape: no input '${name}'`);
  return tensor;
}

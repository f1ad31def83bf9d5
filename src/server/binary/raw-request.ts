/** A body that is nothing but the data of a model's only input → that input, its shape worked out from the number of bytes. */
import { elementBytes, elementCount, type Tensor } from '../../model/tensor.ts';
import { UNKNOWN } from '../json/read-nested.ts';
import type { ModelEntry, TensorPlan } from '../model-entry.ts';
import { Refusal } from '../refusal.ts';
import { readBinary } from './read-binary.ts';
import { readSoleString } from './string-elements.ts';

/** Throws the 400 where the shape cannot be known. Of several dimensions the one that counts rows is 1. */
export function readRawInput(body: Uint8Array, entry: ModelEntry): { name: string; tensor: Tensor } {
  const model = entry.identity.name;
  const [plan, ...others] = entry.inputs;
  if (plan === undefined || others.length > 0) {
    const count = entry.inputs.length;
    throw new Refusal(
      400,
      `Raw request must only have 1 input (found 1) to be deduced but got ${count} inputs in '${model}' model`,
    );
  }
  const { name, type } = plan;
  if (plan.dims === null) {
    throw new Refusal(
      400,
      `The shape of the raw input '${name}' can not be deduced because the model does not say its number of dimensions`,
    );
  }
  const dims = [...plan.dims];
  if (entry.batch !== undefined && (dims.length > 1 || type === 'string')) dims[0] = 1;
  if (type === 'string') {
    if (dims.some((dim) => dim !== 1)) {
      throw new Refusal(400, `For BYTE datatype raw input '${name}', the model must have input shape [1]`);
    }
    return { name, tensor: { type, dims, data: [readSoleString(body, name)] } };
  }
  deduce(dims, plan, body.length, model);
  return { name, tensor: { type, dims, data: readBinary(plan, elementCount(dims), body, model) } };
}

/** Fills in the one open dimension. What does not divide is left to the check of the size. */
function deduce(dims: number[], { name, type }: TensorPlan, bytes: number, model: string): void {
  const open = dims.indexOf(UNKNOWN);
  if (open === -1) return;
  if (dims.indexOf(UNKNOWN, open + 1) !== -1) {
    throw new Refusal(
      400,
      `The shape of the raw input '${name}' can not be deduced because there are more than one variable-sized dimension`,
    );
  }
  dims[open] = 1;
  const unit = elementCount(dims) * (elementBytes(type) ?? 1);
  if (bytes % unit !== 0 && bytes > 0) {
    throw new Refusal(
      400,
      `input byte size mismatch for input '${name}' for model '${model}'. Expected a multiple of ${unit}, got ${bytes}`,
    );
  }
  dims[open] = unit === 0 ? 0 : bytes / unit;
}

/** Signature → whether its first dimension counts rows, and how many rows one call may carry. */
import { type Signature, type TensorValue, tensorsOf } from './signature.ts';

/** `any`: as many rows as wanted in one call. `one`: the dimension is there, fixed at 1. */
export type BatchDimension = 'any' | 'one';

/**
 * The first dimension of every input, when all of them leave it open (`any`), or leave it open or fix it at 1 (`one`).
 * Undefined when the model has no batch dimension: a scalar input, a first dimension fixed at another size, or no input.
 */
export function batchDimension(signature: Signature): BatchDimension | undefined {
  const inputs = tensorsOf(signature.inputs);
  if (inputs.length === 0 || inputs.some((input) => !hasRows(input))) return undefined;
  return inputs.some((input) => input.shape?.[0] === 1) ? 'one' : 'any';
}

function hasRows({ shape }: TensorValue): boolean {
  if (shape === null) return true;
  const first = shape[0];
  return first === 1 || first === null || typeof first === 'string';
}

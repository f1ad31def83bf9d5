/** Requests → which of them may share a run. */
import type { Tensors } from '../model/tensor.ts';
import type { InferRequest } from './engine.ts';
import { haveRows } from './stack-rows.ts';

/** Whether another request of its class may run with this one. */
export function mayShare({ rows, inputs, alone }: InferRequest): boolean {
  return alone !== true && haveRows(inputs, rows);
}

/** The same shape, and the same set of outputs. */
export function isSameClass(one: InferRequest, other: InferRequest): boolean {
  return haveSameShape(one.inputs, other.inputs) && areSameNames(one.outputs, other.outputs);
}

/** The same input names, element types and dims apart from the first. */
export function haveSameShape(one: Tensors, other: Tensors): boolean {
  if (one.size !== other.size) return false;
  for (const [name, { type, dims }] of one) {
    const match = other.get(name);
    if (match === undefined || match.type !== type || match.dims.length !== dims.length) return false;
    for (let at = 1; at < dims.length; at++) if (match.dims[at] !== dims[at]) return false;
  }
  return true;
}

function areSameNames(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined || one.length !== other.length) return false;
  return one.every((name) => other.includes(name)) && other.every((name) => one.includes(name));
}

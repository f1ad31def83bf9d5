/** Rows of nested arrays → model inputs, for a model without features: a row is `{input: nested array}`, rows stack along the batch. */
import { batchDimension } from '../../model/batch.ts';
import { isServable, type ServableType } from '../../model/element-type.ts';
import { type Dimension, type Signature, type TensorValue, tensorsOf } from '../../model/signature.ts';
import { allocate, elementCount, type NumericData, type Tensor, type Tensors } from '../../model/tensor.ts';
import type { EncodedRun, EncodeRows } from './encode-rows.ts';
import { NestedError, readNested } from './read-nested.ts';
import { isNamed, type ReadRow, type RowValue } from './row.ts';

/** The tensors of one row, with their batch dimension of 1 where the model has one. */
type RowTensors = Map<string, Tensor>;

/**
 * Where the model has a batch dimension a row may leave it out, or give it as 1. A model without one takes one row a call, whole.
 * Neighbouring rows of different shapes make runs of their own.
 */
export function tensorEncoder(signature: Signature): EncodeRows {
  const inputs = tensorsOf(signature.inputs);
  const batch = batchDimension(signature);
  return (rows) => {
    const bad = new Map<number, readonly string[]>();
    const groups: RowTensors[][] = [];
    let shape = '';
    rows.forEach((row, at) => {
      const read = readRow(row, inputs, batch !== undefined);
      if (!(read instanceof Map)) {
        bad.set(at, read);
        return;
      }
      const next = [...read.values()].map(({ dims }) => dims.join('x')).join(' ');
      const group = groups.at(-1);
      if (group !== undefined && batch === 'any' && next === shape) group.push(read);
      else groups.push([read]);
      shape = next;
    });
    return { runs: groups.map((group) => stack(group, inputs)), bad };
  };
}

function readRow({ value }: ReadRow, inputs: readonly TensorValue[], batched: boolean): RowTensors | readonly string[] {
  const [only] = inputs;
  const named = isNamed(value) ? value : inputs.length === 1 && only !== undefined ? { [only.name]: value } : undefined;
  if (named === undefined) return ['expected an object of inputs'];
  const problems: string[] = [];
  const tensors: RowTensors = new Map();
  for (const name of Object.keys(named)) {
    if (!inputs.some((input) => input.name === name)) problems.push(`${JSON.stringify(name)}: no such input`);
  }
  for (const input of inputs) {
    const given = Object.hasOwn(named, input.name) ? named[input.name] : undefined;
    const tensor = given === undefined ? 'missing' : readInput(given, input, batched);
    if (typeof tensor === 'string') problems.push(`${JSON.stringify(input.name)}: ${tensor}`);
    else tensors.set(input.name, tensor);
  }
  return problems.length > 0 ? problems : tensors;
}

function readInput(value: RowValue, { elementType, shape }: TensorValue, batched: boolean): Tensor | string {
  if (!isServable(elementType)) return `the runtime cannot carry ${elementType}`;
  try {
    const { dims, data } = readNested(value, elementType);
    const expected = batched && shape !== null ? shape.slice(1) : shape;
    const isWhole = batched && shape !== null && dims.length === shape.length && dims[0] === 1;
    const rowDims = isWhole ? dims.slice(1) : dims;
    if (expected !== null && !fits(rowDims, expected)) return `expected shape [${expected.map(dimText).join(', ')}]`;
    return { type: elementType, dims: batched ? [1, ...rowDims] : rowDims, data };
  } catch (error) {
    if (error instanceof NestedError) return error.message;
    throw error;
  }
}

function fits(dims: readonly number[], expected: readonly Dimension[]): boolean {
  return (
    dims.length === expected.length &&
    expected.every((dim, at) => typeof dim !== 'number' || dim < 0 || dim === dims[at])
  );
}

const dimText = (dim: Dimension): string => (dim === null ? '?' : String(dim));

function stack(group: readonly RowTensors[], inputs: readonly TensorValue[]): EncodedRun {
  const [first] = group;
  if (first === undefined || group.length === 1) return { inputs: first ?? new Map(), rows: group.length };
  const stacked: [string, Tensor][] = inputs.flatMap(({ name }) => {
    const head = first.get(name);
    if (head === undefined) return [];
    const parts = group.flatMap((row) => row.get(name) ?? []);
    const dims = [group.length, ...head.dims.slice(1)];
    return [[name, { type: head.type, dims, data: join(parts, head.type, elementCount(dims)) }]];
  });
  return { inputs: new Map(stacked) satisfies Tensors, rows: group.length };
}

function join(parts: readonly Tensor[], type: ServableType, length: number): Tensor['data'] {
  if (type === 'string') return parts.flatMap(({ data }) => data as string[]);
  const joined = allocate(type, length) as Exclude<NumericData, BigInt64Array | BigUint64Array>;
  let at = 0;
  for (const { data } of parts) {
    joined.set(data as typeof joined, at);
    at += data.length;
  }
  return joined;
}

/** Signature → the smallest feeds it allows: zeros, false or empty strings. For warm-up runs and for the first golden example. */
import { isServable } from './element-type.ts';
import { type Dimension, type Signature, tensorsOf } from './signature.ts';
import { allocate, elementCount, type Tensor } from './tensor.ts';

export interface SampleOptions {
  /** Size of a free first dimension; 1 where absent. */
  readonly rows?: number;
  /** Size of every other free dimension; 1 where absent. */
  readonly free?: number;
  /** Every string; empty where absent. */
  readonly text?: string;
}

/** One tensor for each input. Equally named dimensions are equal; an input of unknown rank gets one dimension. */
export function sampleInputs(
  signature: Signature,
  { rows = 1, free = 1, text = '' }: SampleOptions = {},
): ReadonlyMap<string, Tensor> {
  const tensors = tensorsOf(signature.inputs);
  // A name that is a first dimension anywhere means rows everywhere.
  const rowNames = new Set(tensors.map(({ shape }) => shape?.[0]).filter((dim) => typeof dim === 'string'));
  const sizeOf = (dim: Dimension, index: number): number => {
    if (typeof dim === 'number') return dim;
    const countsRows = dim === null ? index === 0 : rowNames.has(dim);
    return countsRows ? rows : free;
  };
  const samples = new Map<string, Tensor>();
  for (const { name, elementType: type, shape } of tensors) {
    if (!isServable(type)) continue;
    const dims = (shape ?? [null]).map(sizeOf);
    const data = allocate(type, elementCount(dims));
    samples.set(name, { type, dims, data: type === 'string' ? (data as string[]).fill(text) : data });
  }
  return samples;
}

/** Whether some dimension beyond the rows is free, so that another size may run where the smallest does not. */
export function hasFreeSizes(signature: Signature): boolean {
  return tensorsOf(signature.inputs).some(
    ({ shape }) => shape?.slice(1).some((dim) => typeof dim !== 'number') ?? true,
  );
}

export function hasStrings(signature: Signature): boolean {
  return tensorsOf(signature.inputs).some(({ elementType }) => elementType === 'string');
}

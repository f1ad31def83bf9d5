/** Signature → the smallest feeds it allows: zeros, false or empty strings. For warm-up runs and for the first golden example. */
import { isServable } from './element-type.ts';
import { type Signature, type TensorValue, tensorsOf } from './signature.ts';
import { allocate, elementCount, type Tensor } from './tensor.ts';

export interface SampleSizes {
  /** Size of a free first dimension. */
  readonly rows: number;
  /** Size of every other free dimension. */
  readonly free: number;
}

const SMALLEST: SampleSizes = { rows: 1, free: 1 };

/** One tensor for each input. Equally named dimensions are equal; an input of unknown rank gets one dimension. */
export function sampleInputs(signature: Signature, sizes: SampleSizes = SMALLEST): ReadonlyMap<string, Tensor> {
  const named = new Map<string, number>();
  const tensors = tensorsOf(signature.inputs);
  // A name that is anywhere a first dimension means rows everywhere.
  for (const { shape } of tensors) {
    if (typeof shape?.[0] === 'string') named.set(shape[0], sizes.rows);
  }
  return new Map(tensors.flatMap((value) => sample(value, sizes, named)));
}

function sample(value: TensorValue, sizes: SampleSizes, named: ReadonlyMap<string, number>): [string, Tensor][] {
  const { name, elementType: type, shape } = value;
  if (!isServable(type)) return [];
  const dims = (shape ?? [null]).map((dim, index) => {
    if (typeof dim === 'number') return dim;
    const known = dim === null ? undefined : named.get(dim);
    return known ?? (index === 0 ? sizes.rows : sizes.free);
  });
  return [[name, { type, dims, data: allocate(type, elementCount(dims)) }]];
}

/** Whether some dimension beyond the rows is free, so that another size may run where the smallest does not. */
export function hasFreeSizes(signature: Signature): boolean {
  return tensorsOf(signature.inputs).some(
    ({ shape }) => shape?.slice(1).some((dim) => typeof dim !== 'number') ?? true,
  );
}

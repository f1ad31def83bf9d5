/** Signature → feeds to try a model on: zeros, false or one text, the smallest first. For probes, warm-up runs and the first golden example. */
import { isServable, type ServableType } from './element-type.ts';
import { type Dimension, type Signature, tensorsOf } from './signature.ts';
import { allocate, elementCount, type Tensor, type TensorData } from './tensor.ts';

export interface SampleOptions {
  /** Size of a free first dimension; 1 where absent. */
  readonly rows?: number;
  /** Size of every other free dimension; 1 where absent. */
  readonly free?: number;
  /** Every string; empty where absent. */
  readonly text?: string;
  /** Labels that inputs are known to take, integers as their digits, by input name; stronger than `text` and zero. */
  readonly known?: ReadonlyMap<string, string>;
}

/** One tensor for each input. Equally named dimensions are equal; an input of unknown rank gets one dimension. */
export function sampleInputs(signature: Signature, sample: SampleOptions = {}): ReadonlyMap<string, Tensor> {
  const { text = '', known } = sample;
  const samples = new Map<string, Tensor>();
  for (const { name, type, dims } of sampleShapes(signature, sample)) {
    const data = allocate(type, elementCount(dims));
    fill(data, type, known?.get(name) ?? (type === 'string' ? text : '0'));
    samples.set(name, { type, dims, data });
  }
  return samples;
}

function fill(data: TensorData, type: ServableType, label: string): void {
  if (type === 'string') (data as string[]).fill(label);
  else if (type === 'int64' || type === 'uint64')
    (data as BigInt64Array).fill(/^-?\d+$/.test(label) ? BigInt(label) : 0n);
  else if (/^u?int/.test(type)) (data as Int32Array).fill(Number(label) || 0);
}

/** Elements of all tensors that `sampleInputs` would make. */
export function sampleElements(signature: Signature, sample: SampleOptions = {}): number {
  return sampleShapes(signature, sample).reduce((sum, { dims }) => sum + elementCount(dims), 0);
}

interface AttemptOptions {
  /** Sizes of free dimensions in the order to try them, the smallest first. */
  readonly sizes?: readonly number[];
  /** Values of every string in the order to try them. */
  readonly texts?: readonly string[];
  /** As in `SampleOptions`. */
  readonly known?: ReadonlyMap<string, string>;
}

/** A kernel or window may be larger than one element; images come in a few sizes. */
const FREE_SIZES = [1, 8, 32, 64, 224, 256, 512, 1024];
/** Models read numbers out of strings. */
const TEXTS = ['', '0'];
/** Elements of a sample whose sizes are made up: enough for an image of 512 × 512 in colour. */
const MOST_ELEMENTS = 2 ** 20;

/**
 * Samples of one row to try in turn until the model runs, made one at a time. What a size or text makes no difference to is tried once;
 * samples beyond 2^20 elements are left out, except those of the first size, which are as large as the model demands.
 */
export function* sampleAttempts(
  signature: Signature,
  { sizes = FREE_SIZES, texts = TEXTS, known }: AttemptOptions = {},
): Iterable<SampleOptions> {
  const ownSizes = hasFreeSizes(signature) ? sizes : sizes.slice(0, 1);
  const ownTexts = hasStrings(signature) ? texts : texts.slice(0, 1);
  for (const [at, free] of ownSizes.entries()) {
    if (at > 0 && sampleElements(signature, { free }) > MOST_ELEMENTS) continue;
    for (const text of ownTexts) yield known === undefined ? { free, text } : { free, text, known };
  }
}

interface SampleShape {
  readonly name: string;
  readonly type: ServableType;
  readonly dims: readonly number[];
}

function sampleShapes(signature: Signature, { rows = 1, free = 1 }: SampleOptions): readonly SampleShape[] {
  const tensors = tensorsOf(signature.inputs);
  // A name that is a first dimension anywhere means rows everywhere.
  const rowNames = new Set(tensors.map(({ shape }) => shape?.[0]).filter((dim) => typeof dim === 'string'));
  const sizeOf = (dim: Dimension, index: number): number => {
    if (typeof dim === 'number') return dim;
    const countsRows = dim === null ? index === 0 : rowNames.has(dim);
    return countsRows ? rows : free;
  };
  return tensors.flatMap(({ name, elementType: type, shape }) =>
    isServable(type) ? [{ name, type, dims: (shape ?? [null]).map(sizeOf) }] : [],
  );
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

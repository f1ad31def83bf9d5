/** A row computed in a batch × the same row computed alone → whether they are the same answer. */
import { decodeFloat16 } from '../model/float16.ts';
import type { Tensor, Tensors } from '../model/tensor.ts';

/**
 * Units in the last place, at the largest magnitude of the output in the run, by which floats may differ. onnxruntime multiplies a single row
 * with another kernel than several rows, which adds in another order: measured up to 8 units for linear models on made-up values, and exactly
 * equal among runs of two rows and more.
 */
export const MOST_ULPS = { float32: 64, float64: 64, float16: 4 } as const;

/** Bits of the mantissa that are stored. */
const MANTISSA = { float32: 23, float64: 52, float16: 10 } as const;
const SMALLEST_EXPONENT = { float32: -126, float64: -1022, float16: -14 } as const;

type FloatType = keyof typeof MOST_ULPS;

/** Outputs of a batch → a function that names the first output whose row `row` is not the one in `alone`; undefined when all are the same. */
export function rowComparison(batch: Tensors): (row: number, alone: Tensors) => string | undefined {
  const tolerances = new Map([...batch].map(([name, whole]) => [name, toleranceOf(whole)]));
  return (row, alone) => {
    for (const [name, whole] of batch) {
      const single = alone.get(name);
      if (single === undefined || !isSameRow(whole, row, single, tolerances.get(name) ?? 0)) return name;
    }
    return undefined;
  };
}

/** Whether a row of a batch is bit for bit what it is alone (NaN equals NaN, and -0 is not 0). */
export function isSameBits(batch: Tensors, row: number, alone: Tensors): boolean {
  for (const [name, whole] of batch) {
    const { data } = alone.get(name) ?? whole;
    const start = row * data.length;
    for (let at = 0; at < data.length; at++) if (!Object.is(whole.data[start + at], data[at])) return false;
  }
  return true;
}

function isSameRow(whole: Tensor, row: number, single: Tensor, tolerance: number): boolean {
  const width = single.data.length;
  for (let at = 0; at < width; at++) {
    const [a, b] = [valueAt(whole, row * width + at), valueAt(single, at)];
    if (Object.is(a, b) || a === b) continue;
    if (typeof a !== 'number' || typeof b !== 'number' || !(Math.abs(a - b) <= tolerance)) return false;
  }
  return true;
}

function toleranceOf(whole: Tensor): number {
  const { type } = whole;
  if (!isFloat(type)) return 0;
  let largest = 0;
  for (let at = 0; at < whole.data.length; at++) {
    const size = Math.abs(valueAt(whole, at) as number);
    if (size > largest && size < Number.POSITIVE_INFINITY) largest = size;
  }
  const exponent = Math.max(Math.floor(Math.log2(largest)), SMALLEST_EXPONENT[type]);
  return MOST_ULPS[type] * 2 ** (exponent - MANTISSA[type]);
}

function valueAt({ type, data }: Tensor, at: number): number | bigint | string | undefined {
  const value = data[at];
  return type === 'float16' && typeof value === 'number' ? decodeFloat16(value) : value;
}

function isFloat(type: Tensor['type']): type is FloatType {
  return Object.hasOwn(MOST_ULPS, type);
}

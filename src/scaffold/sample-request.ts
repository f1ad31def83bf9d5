/** Features, or the inputs of a raw model → a body of `POST /predict` to make the first golden example of. */
import { decodeFloat16 } from '../model/float16.ts';
import { hasFreeSizes, type SampleSizes, sampleInputs } from '../model/sample-input.ts';
import type { Signature } from '../model/signature.ts';
import type { Tensor } from '../model/tensor.ts';
import type { PredictionValue } from '../service/codec.ts';
import type { SuggestedColumn, SuggestedFeatures } from './suggest-features.ts';

/** Sizes to try for free dimensions beyond the rows: many models cannot run on the smallest. */
const FREE_SIZES = [1, 8, 32, 64, 224, 256, 512, 1024];

/** Requests in the order to try them; the first that the model answers becomes the example. */
export function sampleRequests(
  signature: Signature,
  features: SuggestedFeatures | undefined,
): readonly PredictionValue[] {
  if (features !== undefined) return [{ instances: [sampleRow(features.columns)] }];
  const sizes: readonly SampleSizes[] = hasFreeSizes(signature)
    ? FREE_SIZES.map((free) => ({ rows: 1, free }))
    : [{ rows: 1, free: 1 }];
  return sizes.map((size) => ({
    inputs: Object.fromEntries(
      [...sampleInputs(signature, size)].map(([name, tensor]) => [name, nested(tensor)] as const),
    ),
  }));
}

function sampleRow(columns: readonly SuggestedColumn[]): PredictionValue {
  return Object.fromEntries(columns.map((column) => [column.name, sampleCell(column)] as const));
}

function sampleCell({ type, values, known }: SuggestedColumn): PredictionValue {
  if (type === 'category' || type === 'string') return values?.[0] ?? known?.[0] ?? 'example';
  return type === 'boolean' ? false : 0;
}

/** A tensor as nested arrays. */
function nested({ type, dims, data }: Tensor): PredictionValue {
  const cell = (at: number): PredictionValue => {
    const value = data[at] ?? 0;
    if (type === 'bool') return Boolean(value);
    return type === 'float16' ? decodeFloat16(Number(value)) : value;
  };
  const level = (depth: number, start: number, size: number): PredictionValue => {
    const count = dims[depth];
    if (count === undefined) return cell(start);
    const step = count === 0 ? 0 : size / count;
    return Array.from({ length: count }, (_, at) => level(depth + 1, start + at * step, step));
  };
  return level(0, 0, data.length);
}

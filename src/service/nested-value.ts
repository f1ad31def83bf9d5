/** A tensor ↔ its value as JSON: arrays nested as the dimensions say. */
import type { Tensor } from '../model/tensor.ts';
import type { PredictionValue } from './codec.ts';
import { readerOf } from './read-element.ts';

export function nestedValue(tensor: Tensor): PredictionValue {
  const { dims, data } = tensor;
  const element = readerOf(tensor);
  const level = (depth: number, start: number, size: number): PredictionValue => {
    const count = dims[depth];
    if (count === undefined) return element(start);
    const step = count === 0 ? 0 : size / count;
    return Array.from({ length: count }, (_, at) => level(depth + 1, start + at * step, step));
  };
  return level(0, 0, data.length);
}

/** A JSON value → whether it is an object, neither null nor a list. */
import type { PredictionValue } from './codec.ts';

export function isObject(value: PredictionValue | undefined): value is { readonly [name: string]: PredictionValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

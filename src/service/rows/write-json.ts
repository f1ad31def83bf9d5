/** A prediction → JSON text: 64-bit integers digit by digit, numbers that JSON cannot carry as null. */
import type { PredictionValue } from '../codec.ts';

export function jsonText(value: PredictionValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return numberText(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(jsonText).join(',')}]`;
  const members = Object.keys(value).map((name) => `${JSON.stringify(name)}:${jsonText(value[name] ?? null)}`);
  return `{${members.join(',')}}`;
}

/** `-0` keeps its sign, as the server writes it. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** `Array.isArray` does not narrow readonly arrays. */
export function isList(value: PredictionValue): value is readonly PredictionValue[] {
  return Array.isArray(value);
}

/** Values → JSON text: 64-bit integers digit by digit, numbers that JSON cannot carry as null. */
import type { PredictionValue } from '../codec.ts';

export function jsonText(value: PredictionValue): string {
  switch (typeof value) {
    case 'number':
      return numberText(value);
    case 'string':
      return JSON.stringify(value);
    case 'object':
      break;
    default:
      return String(value);
  }
  if (value === null) return 'null';
  if (isList(value)) return listText(value);
  let text = '{';
  for (const name of Object.keys(value)) {
    text += `${text.length === 1 ? '' : ','}${JSON.stringify(name)}:${jsonText(value[name] as PredictionValue)}`;
  }
  return `${text}}`;
}

/** Values as a JSON array. */
export function listText(values: readonly PredictionValue[]): string {
  let text = '[';
  for (let at = 0; at < values.length; at++) {
    if (at > 0) text += ',';
    text += jsonText(values[at] as PredictionValue);
  }
  return `${text}]`;
}

/** Null for what is not finite. */
export function numberText(value: number): string {
  if (value - value !== 0) return 'null';
  // `${-0}` is '0'; a sign that was sent or computed is kept.
  return value === 0 && 1 / value < 0 ? '-0' : `${value}`;
}

/** `Array.isArray` does not narrow readonly arrays. */
export function isList(value: PredictionValue): value is readonly PredictionValue[] {
  return Array.isArray(value);
}

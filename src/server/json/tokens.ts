/** Tokens of JSON → their values: escapes, powers of ten. */
import type { Buffer } from 'node:buffer';
import { JsonError } from './json-error.ts';

/** 10^0 … 10^22, each an exact double. */
export const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** The inside of a string with escapes, bytes `[start, end)`, as text. Its quotes stand around it, and control characters were refused. */
export function unescapeJson(bytes: Buffer, start: number, end: number): string {
  try {
    return JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string;
  } catch {
    throw new JsonError('syntax', start, 'unknown escape in the string');
  }
}

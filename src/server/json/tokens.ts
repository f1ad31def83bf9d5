/** Tokens of JSON → their values: escapes, exact integers. */
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

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** 2^64 has 20 digits. What is written longer than this is refused unread, so that no number costs more than its bytes. */
export const LONGEST_INTEGER = 64;

/** The integer a JSON number stands for (`1e3`, `10.0`), exactly; undefined where it has a fraction or is beyond every type. */
export function exactInteger(text: string): bigint | undefined {
  if (text.length > LONGEST_INTEGER) return undefined;
  const [, sign, whole = '', fraction = '', power = '0'] = NUMBER.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (digits === '') return 0n;
  const kept = digits.replace(/0+$/, '');
  // Digits that stand, then this many zeros (negative: a fraction is left).
  const zeros = Number(power) - fraction.length + (digits.length - kept.length);
  if (zeros < 0 || zeros > LONGEST_INTEGER) return undefined;
  const magnitude = BigInt(kept) * 10n ** BigInt(zeros);
  return sign === '-' ? -magnitude : magnitude;
}

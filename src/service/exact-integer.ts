/** The text of a number → the integer that it is, without rounding. Pure. */

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

/** Whether `value`, the double nearest to `text`, is an integer only because a fraction was rounded away: 3.000000000000000000001. */
export function isRoundedToInteger(value: number, text: string): boolean {
  return Number.isInteger(value) && exactInteger(text) === undefined;
}

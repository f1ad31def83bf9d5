/** A value of a result → what JSON.stringify can write of it. A replacer. Pure. */

/** 64-bit integers as JSON numbers where a double holds them exactly, as strings beyond. */
export function plainJson(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

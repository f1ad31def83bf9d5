/** A count × a noun → the words that people read. Pure. */

/** `1 234 567`. */
export function countText(count: number | bigint): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** `1 tensor`, `2 tensors`; nouns with another ending name it: `1 match`, `2 matches`. */
export function plural(count: number | bigint, noun: string, several = `${noun}s`): string {
  return `${countText(count)} ${Number(count) === 1 ? noun : several}`;
}

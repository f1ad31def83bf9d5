/** A seed, a rate and a time → when requests are due: a Poisson process, the same for the same seed. Pure. */

export interface ArrivalOptions {
  /** A whole number below 2^32. */
  readonly seed: number;
  readonly perSecond: number;
  readonly durationMs: number;
}

/** Milliseconds from the start, ascending. */
export function arrivals({ seed, perSecond, durationMs }: ArrivalOptions): Float64Array<ArrayBuffer> {
  const random = randomFrom(seed);
  const due: number[] = [];
  for (let at = gap(random(), perSecond); at < durationMs; at += gap(random(), perSecond)) due.push(at);
  return Float64Array.from(due);
}

/** Exponentially distributed: independent requests of many clients. */
function gap(random: number, perSecond: number): number {
  return (-Math.log(1 - random) * 1000) / perSecond;
}

/** Mulberry32: 32 bits of state, evenly distributed in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

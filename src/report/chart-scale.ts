/** Values of an axis → where they are on it, and which of them are written beside it. Pure. */

export interface Scale {
  /** 0 is the beginning of the axis, 1 its end. */
  place(value: number): number;
  readonly ticks: readonly number[];
}

const MOST_TICKS = 6;

/** From 0 to a round number that is at least the largest. */
export function linearScale(values: readonly number[]): Scale {
  const largest = Math.max(...values, 1e-9);
  const power = 10 ** Math.floor(Math.log10(largest / MOST_TICKS));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((each) => largest / each <= MOST_TICKS) ?? 10 * power;
  const count = Math.ceil(largest / step - 1e-9);
  const ticks = Array.from({ length: count + 1 }, (_, at) => Number((at * step).toPrecision(6)));
  return { place: (value) => value / (count * step), ticks };
}

/** From a power of ten to another. */
export function logScale(values: readonly number[]): Scale {
  const powers = values.map((value) => Math.log10(Math.max(value, 1e-6)));
  const low = Math.floor(Math.min(...powers));
  const high = Math.max(Math.ceil(Math.max(...powers)), low + 1);
  const ticks = Array.from({ length: high - low + 1 }, (_, at) => Number((10 ** (low + at)).toPrecision(1)));
  return { place: (value) => (Math.log10(Math.max(value, 1e-6)) - low) / (high - low), ticks };
}

/** The figures of rates, the lowest first → what the service keeps up with: saturation and the knee. Pure. */
import type { RateResult } from './rate-result.ts';

/** A rate of the sweep that the service bears, and with it all lower ones. */
export interface Bearable {
  readonly rate: number;
  /** False: it is the highest that was tried, and more may be possible. */
  readonly isLimit: boolean;
}

export interface MostAnswered {
  /** Most answers for each second, at any rate. */
  readonly perSecond: number;
  /** False: every rate was kept up with, and more may be possible. */
  readonly isLimit: boolean;
}

/** Of the requests that are due: what a service must answer to keep up. */
const KEPT_UP = 0.95;
/** Times the p99 of the lowest rate: beyond it requests wait longer for each other than they take. */
const BEND = 3;

export function keepsUp({ answeredPerSecond, offered }: RateResult, durationMs: number): boolean {
  return answeredPerSecond >= (KEPT_UP * offered * 1000) / durationMs;
}

/** Null where nothing was answered. */
export function saturationOf(rates: readonly RateResult[], durationMs: number): MostAnswered | null {
  const perSecond = Math.max(0, ...rates.map((each) => each.answeredPerSecond));
  if (perSecond === 0) return null;
  return { perSecond, isLimit: rates.some((each) => !keepsUp(each, durationMs)) };
}

/** The highest rate up to which every rate is kept up with, and none has a p99 of more than three times that of the lowest. */
export function kneeOf(rates: readonly RateResult[], durationMs: number): Bearable | null {
  return bearable(rates, durationMs, BEND * (rates[0]?.p99Ms ?? 0));
}

/** The highest rate up to which every rate is kept up with, and has a p99 within `sloMs`. */
export function withinSlo(rates: readonly RateResult[], durationMs: number, sloMs: number): Bearable | null {
  return bearable(rates, durationMs, sloMs);
}

function bearable(rates: readonly RateResult[], durationMs: number, mostMs: number): Bearable | null {
  let found: Bearable | null = null;
  for (const [at, each] of rates.entries()) {
    if (!keepsUp(each, durationMs) || (each.p99Ms ?? Number.POSITIVE_INFINITY) > mostMs) break;
    found = { rate: each.rate, isLimit: at < rates.length - 1 };
  }
  return found;
}

/** What was found out about the capacity of a service, or the text of `--rates` → the rates to try, the lowest first. Pure. */
import { MlserveError } from '../errors.ts';

/** Of the capacity: from a service that is nearly idle to more than it can do. */
const PARTS = [0.1, 0.25, 0.5, 0.7, 0.85, 1, 1.2];
const MOST = 1_000_000;

/** `capacity` in answers for each second. */
export function sweepRates(capacity: number): readonly number[] {
  return [...new Set(PARTS.map((part) => plain(part * capacity)))];
}

/** The next to try where a service keeps up with all. */
export function higherRate(rate: number): number {
  return Math.max(rate + 1, plain(1.5 * rate));
}

/** Two digits, and whole. */
function plain(rate: number): number {
  return Math.max(1, Math.round(Number(rate.toPrecision(2))));
}

/** `100,200,400` → rates. Throws USAGE. */
export function readRates(text: string): readonly number[] {
  const rates = text.split(',').map((part) => (/^\s*\d+(\.\d+)?\s*$/.test(part) ? Number(part) : Number.NaN));
  if (rates.every((rate) => rate > 0 && rate <= MOST)) return [...new Set(rates)].sort((a, b) => a - b);
  throw new MlserveError('USAGE', `${JSON.stringify(text)} is no list of rates`, {
    where: '--rates',
    hint: `give requests for each second like 100,200,400, each more than 0 and at most ${MOST}`,
  });
}

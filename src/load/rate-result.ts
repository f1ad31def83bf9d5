/** What became of the requests of one rate → its figures. Pure. */
import { percentile, sortedTimes } from './percentiles.ts';
import { OUTCOME, type Shots } from './shots.ts';

/** Times in milliseconds, counts of requests that were due in the measured time. */
export interface RateResult {
  /** Requests for each second, on average. */
  readonly rate: number;
  /** Due. */
  readonly offered: number;
  readonly sent: number;
  /** Answers with status 200 that came in the measured time, for each second. */
  readonly answeredPerSecond: number;
  /** Those that came within `slo.p99Ms`, for each second. */
  readonly goodputPerSecond: number;
  /** Status 200. */
  readonly answered: number;
  /** Status 503. */
  readonly refused: number;
  /** Any other status, no connection, or one that broke. */
  readonly failed: number;
  readonly timeouts: number;
  /** Of answers with status 200, from the time that the request was due; null where there is none. */
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  /** The longest where there were fewer than a hundred. */
  readonly p99Ms: number | null;
  /** Null where there were fewer than a thousand. */
  readonly p999Ms: number | null;
  readonly maxMs: number | null;
  /** The whole distribution: parts of the answers, and the time that each did not exceed. */
  readonly quantiles: readonly { readonly part: number; readonly ms: number }[];
  /** By how much requests were sent after they were due: p99. */
  readonly lateP99Ms: number;
}

export interface Window {
  readonly rate: number;
  /** Before the measured time. */
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly sloMs: number;
}

const PARTS = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999] as const;

export function rateResult(shots: Shots, window: Window): RateResult {
  const { rate, warmupMs, durationMs, sloMs } = window;
  const { due, status, latency, late } = shots;
  const counts = { offered: 0, sent: 0, answered: 0, refused: 0, failed: 0, timeouts: 0 };
  const [times, lates]: [number[], number[]] = [[], []];
  let [arrived, good] = [0, 0];
  for (const [at, dueMs] of due.entries()) {
    const [code = 0, took = 0] = [status[at], latency[at]];
    const endMs = dueMs + took;
    // Also of what was due before: at an even load as much comes in from before as goes out to after.
    if (code === 200 && endMs >= warmupMs && endMs < warmupMs + durationMs) {
      arrived++;
      if (took <= sloMs) good++;
    }
    if (dueMs < warmupMs) continue;
    counts.offered++;
    if (code === OUTCOME.unsent) continue;
    counts.sent++;
    lates.push(late[at] ?? 0);
    if (code === 200) {
      counts.answered++;
      times.push(took);
    } else if (code === 503) counts.refused++;
    else if (code === OUTCOME.timeout) counts.timeouts++;
    else counts.failed++;
  }
  const perSecond = (count: number): number => digits((count * 1000) / durationMs);
  const sorted = sortedTimes(times);
  const at = (part: number, fewest = 1): number | null =>
    sorted.length < fewest ? null : digits(percentile(sorted, part) ?? 0);
  return {
    rate,
    ...counts,
    answeredPerSecond: perSecond(arrived),
    goodputPerSecond: perSecond(good),
    p50Ms: at(0.5),
    p90Ms: at(0.9),
    p99Ms: at(0.99),
    p999Ms: at(0.999, 1000),
    maxMs: at(1),
    quantiles: PARTS.filter((part) => sorted.length * (1 - part) >= 1 - 1e-9).map((part) => ({
      part,
      ms: at(part) ?? 0,
    })),
    lateP99Ms: digits(percentile(sortedTimes(lates), 0.99) ?? 0),
  };
}

/** More digits no machine gives twice. */
function digits(value: number): number {
  return Number(value.toPrecision(4));
}

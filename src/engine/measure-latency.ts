/** A ready engine × rows → how long runs take, by the number of their rows. */
import type { Latency } from '../lock/measurement.ts';
import type { Clock } from '../ports.ts';
import { type Engine, InferError } from './engine.ts';
import type { TrialRows } from './trial-rows.ts';

export interface LatencyOptions {
  readonly engine: Engine;
  readonly key: string;
  readonly rowsOf: TrialRows;
  readonly maxRows: number;
  /** For all sizes together; one row is measured in any case. */
  readonly budgetMs: number;
  readonly clock: Clock;
}

/** The first run with a shape makes the runtime's plans for it. */
const UNCOUNTED_RUNS = 1;
const LEAST_RUNS = 5;
const MOST_RUNS = 2000;

/**
 * 1, 2, 4 … rows up to `maxRows`, each for its share of the budget. Ends before a size of which the fewest runs would not fit into the budget, and at
 * one that the model does not take.
 */
export async function measureLatency(options: LatencyOptions): Promise<readonly Latency[]> {
  const { maxRows, budgetMs } = options;
  const sizes = sizesUpTo(maxRows);
  const measured: Latency[] = [];
  for (const rows of sizes) {
    const last = measured.at(-1);
    if (last !== undefined && (LEAST_RUNS * last.p50Ms * rows) / last.rows > budgetMs) break;
    try {
      measured.push(await measureSize(options, rows, budgetMs / sizes.length));
    } catch (error) {
      if (rows === 1 || !(error instanceof InferError) || error.failure !== 'runtime-failed') throw error;
      break;
    }
  }
  return measured;
}

async function measureSize(
  { engine, key, rowsOf, clock, budgetMs }: LatencyOptions,
  rows: number,
  shareMs: number,
): Promise<Latency> {
  const times: number[] = [];
  const start = clock.monotonic();
  const isEnough = (): boolean => {
    const spentMs = clock.monotonic() - start;
    const counted = times.length - UNCOUNTED_RUNS;
    return counted >= MOST_RUNS || (counted >= 1 && spentMs >= (counted >= LEAST_RUNS ? shareMs : budgetMs));
  };
  while (!isEnough()) {
    const { inferMs, aroundMs } = await engine.infer({ model: key, inputs: rowsOf(rows), rows, alone: true });
    times.push(inferMs + aroundMs);
  }
  const sorted = times.slice(UNCOUNTED_RUNS).sort((a, b) => a - b);
  return { rows, runs: sorted.length, p50Ms: nearestRank(sorted, 0.5), p99Ms: nearestRank(sorted, 0.99) };
}

function sizesUpTo(maxRows: number): readonly number[] {
  const sizes: number[] = [];
  for (let rows = 1; rows < maxRows; rows *= 2) sizes.push(rows);
  return [...sizes, maxRows];
}

function nearestRank(sorted: readonly number[], quantile: number): number {
  return sorted[Math.ceil(quantile * sorted.length) - 1] ?? 0;
}

/** Times of runs by their rows × the wanted answer time → the rows that are worth to wait for. */
import type { Latency } from '../lock/measurement.ts';

/** Of the wanted time: a request may come just after a batch began, and wait for the next one, which is its own. */
const BATCH_SHARE = 1 / 3;
/** More rows have to bring this much more throughput: they make the first row wait for the last. */
const LEAST_GAIN = 1.05;

/** Of those that take at most a third of `p99Ms`, the fewest rows whose throughput is within 5 % of the best. One row where none is quick enough. */
export function bestBatch(latency: readonly Latency[], p99Ms: number): number {
  const fitting = latency.filter((each) => each.p50Ms <= p99Ms * BATCH_SHARE);
  const most = Math.max(0, ...fitting.map(throughput));
  return fitting.find((each) => throughput(each) * LEAST_GAIN >= most)?.rows ?? 1;
}

function throughput({ rows, p50Ms }: Latency): number {
  return rows / Math.max(p50Ms, 1e-6);
}

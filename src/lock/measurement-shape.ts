/** What the lock holds of a measurement → what keeps it from being one, or undefined. */
import { amount, type Check, count, digest, equal, list, positive, record, text } from './shape.ts';

const saturation = record({ rowsPerSecond: amount, cores: amount });

export const measurement: Check = record({
  name: text,
  version: text,
  digest,
  runtime: text,
  measuredAt: text,
  machine: record({ cpu: text, cpus: positive, platform: text }),
  settings: record({ mode: equal('auto', 'inline', 'worker'), instances: positive, threads: count, maxRows: positive }),
  engine: record({ mode: equal('inline', 'worker'), threads: positive, batchRows: positive }),
  load: record({ sessionMs: amount, readyMs: amount }),
  memory: record({ beforeBytes: count, loadedBytes: count, peakBytes: count }),
  latency: list(record({ rows: positive, runs: positive, p50Ms: amount, p99Ms: amount })),
  bestRows: positive,
  saturation: (value, path) => (value === null ? undefined : saturation(value, path)),
  waitedShare: amount,
});

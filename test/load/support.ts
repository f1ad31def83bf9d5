/** Figures of a rate and of a run, for tests that care about a few of them. */
import type { ComparedRun } from '../../src/load/compare-runs.ts';
import type { RateResult } from '../../src/load/rate-result.ts';

/** Of a rate that is kept up with: a second, 10 ms. */
export function figures(rate: number, changed: Partial<RateResult> = {}): RateResult {
  return {
    ...{ rate, offered: rate, sent: rate, answered: rate, refused: 0, failed: 0, timeouts: 0 },
    ...{ answeredPerSecond: rate, goodputPerSecond: rate, p50Ms: 5, p90Ms: 8, p99Ms: 10, p999Ms: null, maxMs: 11 },
    ...{ quantiles: [{ part: 0.5, ms: 5 }], lateP99Ms: 0.1 },
    ...changed,
  };
}

export function run(rates: readonly RateResult[], changed: Partial<ComparedRun> = {}): ComparedRun {
  return {
    target: { kind: 'local', name: 'local' },
    models: [{ name: 'iris', version: '1.0.0', digest: 'sha256:0' }],
    runtime: '1.30.0',
    machine: { cpu: 'Test CPU', cpus: 4, platform: 'linux/x64' },
    load: { requests: 1, seed: 1, durationMs: 1000, warmupMs: 200, timeoutMs: 1000 },
    rates,
    saturation: { perSecond: rates.at(-1)?.answeredPerSecond ?? 0, isLimit: false },
    ...changed,
  };
}

/** How many rows may wait, from the measured time of a batch. */
import { describe, expect, it } from 'vitest';
import { MOST_QUEUED_ROWS, queueBound } from '../../src/service/queue-bound.ts';
import { started } from '../engine/support.ts';
import { fakeRuntime } from '../support/fake-runtime.ts';

describe('the bound of a queue', () => {
  it.each([
    // A batch of 32 rows takes 7.06 ms: in a simulation a queue of 160 rows kept the 99th percentile at 45.3 of 50 ms under overload.
    { p99Ms: 50, batchRows: 32, batchMs: 7.06, instances: 1, rows: 160 },
    { p99Ms: 50, batchRows: 32, batchMs: 7.06, instances: 2, rows: 320 },
    // One batch may always wait, also where the wish cannot be met.
    { p99Ms: 50, batchRows: 1, batchMs: 500, instances: 1, rows: 1 },
    { p99Ms: 5000, batchRows: 1, batchMs: 500, instances: 1, rows: 7 },
    { p99Ms: 5000, batchRows: 64, batchMs: 0.02, instances: 1, rows: MOST_QUEUED_ROWS },
    { p99Ms: 5000, batchRows: 64, batchMs: 0, instances: 1, rows: MOST_QUEUED_ROWS },
    { p99Ms: 50, batchRows: 8, batchMs: undefined, instances: 1, rows: MOST_QUEUED_ROWS },
  ])('is $rows rows for $batchRows in $batchMs ms by $instances and answers within $p99Ms ms', ({ rows, ...given }) => {
    expect(queueBound(given)).toBe(rows);
  });

  it('follows from the trial when the model loads, and is what the settings say where they say something', async () => {
    const runtime = fakeRuntime();
    runtime.runMs = 2;
    const derived = await started(runtime, { queueRows: 0, settings: { slo: { p99Ms: 20 } } });
    expect(derived.engine.status('m')?.queueLimit).toBe(8 * 7);
    const two = await started(runtime, { queueRows: 0, instances: 2, settings: { slo: { p99Ms: 20 } } });
    expect(two.engine.status('m')?.queueLimit).toBe(2 * 8 * 7);
    const given = await started(runtime, { queueRows: 5, settings: { slo: { p99Ms: 20 } } });
    expect(given.engine.status('m')?.queueLimit).toBe(5);
  });
});

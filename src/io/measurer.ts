/** Measure request → what the model costs, from a process of its own that is killed on overrun. See `measure-child.ts` for the other side. */
import { fileURLToPath } from 'node:url';
import type { Measurer } from '../engine/measured.ts';
import { runGuarded } from './guarded-process.ts';
import type { MeasureReport } from './measure-child.ts';
import { findRuntime } from './runtime-files.ts';

// The child runs compiled code also when this file runs from `src` (under the test runner).
const CHILD = fileURLToPath(new URL('../../dist/io/measure-child.js', import.meta.url));

/** Rejects with RUNTIME_UNSUPPORTED alone. */
export const realMeasurer: Measurer = {
  async measure(request) {
    findRuntime();
    const report = await runGuarded<MeasureReport>(CHILD, request, 'to measure the model');
    if ('status' in report) return report;
    const { outcome, cpu, platform } = report;
    return outcome.status === 'ok' ? { ...outcome, cpu, platform } : outcome;
  },
};

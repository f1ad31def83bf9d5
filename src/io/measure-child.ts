/** The measuring process: a `MeasureRequest` as its only message → the model loaded and run → one `MeasureReport`. */
import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { measureModel } from '../engine/measure-model.ts';
import type { MeasureOutcome, MeasureRequest } from '../engine/measured.ts';
import { answerOrder } from './guarded-child.ts';
import { peakBytes } from './peak-memory.ts';
import { runDelayMs } from './run-delay.ts';
import { realRuntime } from './runtime.ts';

export interface MeasureReport {
  readonly outcome: MeasureOutcome;
  /** The model of the processor; empty where the system does not tell. */
  readonly cpu: string;
  /** `linux/x64` */
  readonly platform: string;
}

answerOrder(async (order: MeasureRequest): Promise<MeasureReport> => {
  const outcome = await measureModel(order, {
    runtime: realRuntime(),
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    usage: { residentBytes: () => process.memoryUsage.rss(), peakBytes, workedMs, waitedMs: runDelayMs },
  });
  return { outcome, cpu: cpus()[0]?.model.trim() ?? '', platform: `${process.platform}/${process.arch}` };
});

function workedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

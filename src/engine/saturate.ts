/** A ready engine × rows → what it does with more requests of one row than it can answer: rows and time of processors for each second. */
import type { Saturation } from '../lock/measurement.ts';
import type { Tensors } from '../model/tensor.ts';
import type { Clock } from '../ports.ts';
import { type Engine, InferError } from './engine.ts';
import { copyRows, sliceRows } from './stack-rows.ts';
import type { TrialRows } from './trial-rows.ts';

export interface SaturateOptions {
  readonly engine: Engine;
  readonly key: string;
  readonly rowsOf: TrialRows;
  /** Rows that run at the same time: those of the largest batch in every session. */
  readonly runningRows: number;
  /** Different ones that are asked in turn: making new ones would cost more than some models. */
  readonly differentRows: number;
  readonly durationMs: number;
  readonly clock: Clock;
  /** Time of processors that this process has had, in milliseconds. */
  readonly workedMs: () => number;
}

const FULL_WAIT_MS = 1;

/** As many requests wait as run, so that every run is as full as it can be. */
export async function saturate(options: SaturateOptions): Promise<Saturation> {
  const { engine, key, rowsOf, runningRows, differentRows, durationMs, clock, workedMs } = options;
  const rows = rowsOf(differentRows);
  const pool =
    differentRows === 1 ? [rows] : Array.from({ length: differentRows }, (_, at) => sliceRows(rows, at, at + 1));
  const [start, workedAtStart] = [clock.monotonic(), workedMs()];
  let asked = 0;
  let answered = 0;
  const ask = async (): Promise<void> => {
    while (clock.monotonic() - start < durationMs) {
      const inputs = copyRows(pool[asked++ % pool.length] as Tensors);
      try {
        await engine.infer({ model: key, inputs, rows: 1 });
        answered++;
      } catch (error) {
        if (!(error instanceof InferError) || error.failure !== 'queue-full') throw error;
        await new Promise((wake) => setTimeout(wake, FULL_WAIT_MS));
      }
    }
  };
  await Promise.all(Array.from({ length: 2 * runningRows }, ask));
  // To the last answer: what was asked in time counts, however long it took.
  const ms = clock.monotonic() - start;
  return { rowsPerSecond: (answered * 1000) / ms, cores: (workedMs() - workedAtStart) / ms };
}

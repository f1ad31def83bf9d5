/** Runs that block this thread × their time limits → the process ended when one takes longer, by a thread that only watches. */

import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { RunWatchData } from './run-watchdog.ts';

// The built file, as for inference threads.
const ENTRY = fileURLToPath(new URL('../../dist/io/run-watchdog.js', import.meta.url));
/** Of `performance.now` in the shared number: 32 bits last for years. */
const UNIT_MS = 100;

export interface RunWatch {
  /** Call before a run; the function to call when it has ended. */
  begin(timeoutMs: number): () => void;
}

let shared: RunWatch | undefined;

/** One for the process, made on first use: the thread costs a few megabytes. */
export function runWatch(): RunWatch {
  shared ??= startWatch();
  return shared;
}

function startWatch(): RunWatch {
  const deadline = new Int32Array(new SharedArrayBuffer(4));
  const workerData: RunWatchData = { deadline, unitMs: UNIT_MS, origin: performance.timeOrigin };
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  const worker = new Worker(ENTRY, { workerData, execArgv: [], name: 'mlserve-watchdog' });
  worker.unref();
  // Without it runs are not watched, which is no reason to refuse them.
  worker.on('error', () => {});
  // Sessions wait for one another, so that several runs may have begun and one at most runs.
  let begun = 0;
  let longestMs = 0;
  const mark = (): void => {
    Atomics.store(deadline, 0, Math.ceil((performance.now() + longestMs) / UNIT_MS));
  };
  return {
    begin(timeoutMs) {
      begun++;
      longestMs = Math.max(longestMs, timeoutMs);
      mark();
      return () => {
        begun--;
        if (begun > 0) return mark();
        longestMs = 0;
        Atomics.store(deadline, 0, 0);
      };
    },
  };
}

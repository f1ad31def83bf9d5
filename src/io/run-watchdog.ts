/** Worker thread of a serving process: ends the whole process when a run in the main thread, which nobody there could notice, outlives its time. */
import { writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { workerData } from 'node:worker_threads';

export interface RunWatchData {
  /** In units since `origin`; 0 while nothing runs. */
  readonly deadline: Int32Array;
  readonly unitMs: number;
  /** `performance.timeOrigin` of the main thread. */
  readonly origin: number;
}

const EVERY_MS = 200;
/** The stream object of a thread only hands on to the main thread, which is blocked. */
const STDERR = 2;

const { deadline, unitMs, origin } = workerData as RunWatchData;

setInterval(() => {
  const due = Atomics.load(deadline, 0);
  const now = (performance.timeOrigin + performance.now() - origin) / unitMs;
  if (due === 0 || now <= due) return;
  const message =
    'a run of the model in the main thread did not end in its time (limits.runTimeoutMs), so the process ends';
  try {
    writeSync(STDERR, `error: ${message}\n`);
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}, EVERY_MS);

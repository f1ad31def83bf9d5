/**
 * Worker thread of the probe process: ends the whole process when it grows past the memory limit or its parent is gone.
 * Runs while the main thread is blocked inside the runtime. The resident size is that of the process, on every platform.
 */
import { writeSync } from 'node:fs';
import process from 'node:process';
import { workerData } from 'node:worker_threads';

export interface WatchdogData {
  readonly memoryBytes: number;
  readonly parent: number;
  /** File descriptor that takes the last words: `memory BYTES`. */
  readonly lastWords: number;
}

const EVERY_MS = 10;
const { memoryBytes, parent, lastWords } = workerData as WatchdogData;

setInterval(() => {
  const resident = process.memoryUsage.rss();
  if (resident > memoryBytes) {
    try {
      writeSync(lastWords, `memory ${resident}`);
    } finally {
      process.kill(process.pid, 'SIGKILL');
    }
  }
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, EVERY_MS);

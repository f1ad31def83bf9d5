/**
 * Worker thread of the probe process: ends the whole process when it grows past the memory limit or its parent is gone.
 * Runs while the main thread is blocked inside the runtime.
 */
import { readFileSync, writeSync } from 'node:fs';
import process from 'node:process';
import { workerData } from 'node:worker_threads';

export interface WatchdogData {
  readonly memoryBytes: number;
  readonly parent: number;
  /** File descriptor that takes the last words: `memory BYTES`. */
  readonly lastWords: number;
}

const EVERY_MS = 10;
/**
 * Memory is resident only once it is touched, which takes seconds for gigabytes; what was asked for shows at once. Arenas ask for up to
 * twice what they need.
 */
const ASKED = 2;

const { memoryBytes, parent, lastWords } = workerData as WatchdogData;
const atStart = virtualBytes();

setInterval(() => {
  const resident = process.memoryUsage.rss();
  const asked = virtualBytes() - atStart;
  if (resident > memoryBytes) end(resident);
  if (asked > ASKED * memoryBytes) end(asked);
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, EVERY_MS);

function end(bytes: number): void {
  try {
    writeSync(lastWords, `memory ${bytes}`);
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}

/** Address space of this process on Linux; 0 elsewhere, where resident memory alone is watched. */
function virtualBytes(): number {
  if (process.platform !== 'linux') return 0;
  const kibibytes = /^VmSize:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kibibytes ?? 0) * 1024;
}

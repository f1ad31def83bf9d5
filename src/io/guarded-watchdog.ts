/**
 * Worker thread of a guarded process: ends the whole process when it grows past the memory limit, takes longer than it may, or its parent
 * is gone. Runs while the main thread is blocked inside the runtime.
 */
import { readFileSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { workerData } from 'node:worker_threads';

export interface WatchdogData {
  readonly memoryBytes: number;
  readonly timeoutMs: number;
  readonly parent: number;
  /** File descriptor that takes the last words: `memory BYTES` or `time MS`. */
  readonly lastWords: number;
}

const EVERY_MS = 10;
/**
 * Memory is resident only once it is touched, which takes seconds for gigabytes; what was asked for shows at once. Arenas ask for up to
 * twice what they need.
 */
const ASKED = 2;
/** The part of its time that a process must have had a processor for: a model is not refused because the machine does something else. */
const WORKED = 1 / 3;

const { memoryBytes, timeoutMs, parent, lastWords } = workerData as WatchdogData;
const atStart = virtualBytes();
const startedAt = performance.now();
const workAtStart = process.cpuUsage();

setInterval(() => {
  const resident = process.memoryUsage.rss();
  const asked = virtualBytes() - atStart;
  const { user, system } = process.cpuUsage(workAtStart);
  const workedMs = (user + system) / 1000;
  if (resident > memoryBytes) end(`memory ${resident}`);
  if (asked > ASKED * memoryBytes) end(`memory ${asked}`);
  if (performance.now() - startedAt > timeoutMs && workedMs > WORKED * timeoutMs) end(`time ${timeoutMs}`);
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, EVERY_MS);

function end(why: string): void {
  try {
    writeSync(lastWords, why);
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

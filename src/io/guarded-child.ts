/** The only message to this process, an order with limits → the work done under a watchdog → its report. Killed by its parent. */
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import type { GuardedLimits } from './guarded-process.ts';
import type { WatchdogData } from './guarded-watchdog.ts';

/** File descriptor of the pipe that takes the watchdog's last words. */
const LAST_WORDS = 4;
/** Told, not asked of the system: when the order is read, the parent may be gone, and somebody else in its place. */
const PARENT = Number(process.argv[2]);

/** `work` reports what a process that survived can say. */
export function answerOrder<Order extends GuardedLimits, Report>(work: (order: Order) => Promise<Report>): void {
  process.once('message', (message) => {
    const order = message as Order;
    watch(order)
      .then(() => work(order))
      .then((report) => process.send?.(report));
  });
}

function watch({ memoryBytes, timeoutMs }: GuardedLimits): Promise<unknown> {
  const workerData: WatchdogData = { memoryBytes, timeoutMs, parent: PARENT, lastWords: LAST_WORDS };
  const worker = new Worker(new URL('./guarded-watchdog.js', import.meta.url), { workerData });
  return new Promise((ready) => worker.once('online', ready));
}

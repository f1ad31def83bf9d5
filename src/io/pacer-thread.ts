/**
 * The thread that watches the clock: times that are due → a message at each. Timers of the event loop are whole milliseconds, which is
 * longer than many an answer takes.
 */
import { parentPort, workerData } from 'node:worker_threads';

export interface PacerData {
  /** Milliseconds from the start, ascending. */
  readonly due: Float64Array;
  /** 0: 1 to stop. 1: whether a message is on its way that nobody has read. */
  readonly state: Int32Array<SharedArrayBuffer>;
}

if (parentPort === null) throw new Error('pacer-thread.ts runs as a worker thread only');
const port = parentPort;
const { due, state } = workerData as PacerData;

/** One clock for all threads of a machine. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;

port.once('message', (start: number) => {
  for (const at of due) {
    const wait = start + at - now();
    if (wait > 0 && Atomics.wait(state, 0, 0, wait) !== 'timed-out') break;
    if (Atomics.load(state, 0) === 1) break;
    if (Atomics.exchange(state, 1, 1) === 0) port.postMessage(null);
  }
  port.close();
});

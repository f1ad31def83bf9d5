/** Times that are due × what to do → it is called at each of them, with as many as are due by then. See `pacer-thread.ts` for the clock. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { PacerData } from './pacer-thread.ts';

// The built file, as for inference threads.
const ENTRY = fileURLToPath(new URL('../../dist/io/pacer-thread.js', import.meta.url));
/** From the order to the first that can be due: the thread must be listening. */
const LEAD_MS = 20;

/** Milliseconds of the clock that `pace` goes by. */
export function loadClock(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export interface Pace {
  /** What times count from. */
  readonly start: number;
  /** Resolves when all were due, or `stop` was called. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** `onDue` is handed the number of times that are due by now. */
export async function pace(due: Float64Array<ArrayBuffer>, onDue: (count: number) => void): Promise<Pace> {
  const state = new Int32Array(new SharedArrayBuffer(8));
  const workerData: PacerData = { due, state };
  const thread = new Worker(ENTRY, { workerData, execArgv: [], name: 'mlserve-pacer' });
  await new Promise((online, fail) => thread.once('online', online).once('error', fail));
  const start = loadClock() + LEAD_MS;
  let count = 0;
  const advance = (): void => {
    Atomics.store(state, 1, 0);
    const present = loadClock() - start;
    while (count < due.length && (due[count] ?? 0) <= present) count++;
    onDue(count);
  };
  const ended = new Promise<void>((done, fail) => {
    thread.on('message', advance).once('error', fail);
    thread.once('exit', () => {
      if (Atomics.load(state, 0) === 0) onDue(due.length);
      done();
    });
  });
  thread.postMessage(start);
  return {
    start,
    ended,
    stop() {
      Atomics.store(state, 0, 1);
      Atomics.notify(state, 0);
    },
  };
}

/** The probe process: a `ProbeOrder` as its only message → loads and runs the model once → one `ProbeReport`. Killed by its parent. */
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import type { ProbeRequest, ProbeResult, Session } from '../ports.ts';
import { loadOrtSession, messageOf } from './ort-session.ts';
import type { WatchdogData } from './probe-watchdog.ts';

export interface ProbeOrder extends ProbeRequest {
  /** Folder of the onnxruntime package. */
  readonly runtimeFolder: string;
}

/** What a process that survived can say of itself. */
export type ProbeReport = Extract<ProbeResult, { status: 'ok' | 'load-failed' | 'run-failed' }>;

/** File descriptor of the pipe that takes the watchdog's last words. */
const LAST_WORDS = 4;

process.once('message', (message) => {
  const order = message as ProbeOrder;
  watch(order)
    .then(() => probe(order))
    .then((report) => process.send?.(report));
});

function watch({ memoryBytes, timeoutMs }: ProbeOrder): Promise<unknown> {
  const workerData: WatchdogData = { memoryBytes, timeoutMs, parent: process.ppid, lastWords: LAST_WORDS };
  const worker = new Worker(new URL('./probe-watchdog.js', import.meta.url), { workerData });
  return new Promise((ready) => worker.once('online', ready));
}

async function probe(order: ProbeOrder): Promise<ProbeReport> {
  const start = performance.now();
  let session: Session;
  try {
    session = await loadOrtSession(order.runtimeFolder, order.path, { threads: 1 });
  } catch (error) {
    return { status: 'load-failed', message: messageOf(error) };
  }
  const loadMs = performance.now() - start;
  try {
    // What it answers stays here: nobody asks for it, and it may be as large as the limit on memory.
    const { runMs } = await session.run(order.inputs, order.outputs);
    return { status: 'ok', loadMs, runMs, peakBytes: process.resourceUsage().maxRSS * 1024 };
  } catch (error) {
    return { status: 'run-failed', message: messageOf(error) };
  }
}

/** Runtime folder × model path → a `Session` whose runs happen in a worker thread of its own. */
import { fileURLToPath } from 'node:url';
import type { Session, SessionOptions, SessionRun } from '../ports.ts';
import { type FromWorker, movable, transferable, type WorkerStart } from './worker-protocol.ts';

// The built file, also when this module runs from `src` under a test: `src/io` and `dist/io` lie equally deep.
const ENTRY = fileURLToPath(new URL('../../dist/io/inference-worker.js', import.meta.url));

interface Waiting {
  resolve(message: FromWorker): void;
  reject(error: Error): void;
}

/**
 * Loads in a new thread. Rejects with the runtime's message when the model is bad. The thread is never terminated: that would abort
 * the process during a run (onnxruntime-node 1.30), so `release` asks it to end and waits.
 */
export async function loadWorkerSession(
  folder: string,
  path: string,
  options: SessionOptions,
  onDeath: (reason: string) => void,
): Promise<Session> {
  // Its runs are watched from here: a limit of its own would start a watchdog in each thread.
  const start: WorkerStart = { folder, path, options: { threads: options.threads } };
  // Loaded with the first worker, like all that a start can do without.
  const threads: typeof import('node:worker_threads') = process.getBuiltinModule('node:worker_threads');
  // execArgv is emptied so that a debugger or test runner's loader stays out of the thread.
  const worker = new threads.Worker(ENTRY, {
    workerData: start,
    execArgv: [],
    env: threads.SHARE_ENV,
    name: 'mlserve-inference',
  });
  let waiting: Waiting | undefined;
  let reason: string | undefined;
  let releasing: Promise<void> | undefined;
  let isReady = false;

  const next = (): Promise<FromWorker> =>
    new Promise((resolve, reject) => {
      if (reason !== undefined) return reject(new Error(reason));
      waiting = { resolve, reject };
    });
  const settle = (use: (waiter: Waiting) => void): void => {
    const waiter = waiting;
    waiting = undefined;
    if (waiter !== undefined) use(waiter);
  };
  worker.on('message', (message: FromWorker) => settle((waiter) => waiter.resolve(message)));
  worker.on('error', (error) => {
    reason = `the inference thread failed: ${error.message}`;
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      reason ??= `the inference thread ended with code ${code}`;
      const why = reason;
      if (isReady && releasing === undefined) onDeath(why);
      settle((waiter) => waiter.reject(new Error(why)));
      resolve();
    });
  });

  const hello = await next();
  if (hello.kind !== 'loaded') {
    await ended;
    throw new Error(hello.kind === 'load-failed' ? hello.message : 'the inference thread did not load the model');
  }
  isReady = true;
  let running: Promise<unknown> = Promise.resolve();

  const run = async (inputs: Parameters<Session['run']>[0], outputs: readonly string[]): Promise<SessionRun> => {
    const answer = next();
    const moving = movable(inputs);
    worker.postMessage({ kind: 'run', inputs: moving, outputs }, transferable(moving));
    const message = await answer;
    if (message.kind !== 'done') throw new Error(message.kind === 'failed' ? message.message : 'unexpected answer');
    return { outputs: message.outputs, runMs: message.runMs };
  };
  return {
    inputNames: hello.inputNames,
    outputNames: hello.outputNames,
    run(inputs, outputs) {
      const result = run(inputs, outputs);
      running = result.catch(() => {});
      return result;
    },
    release() {
      releasing ??= (async () => {
        await running;
        worker.postMessage({ kind: 'release' });
        await ended;
      })();
      return releasing;
    },
  };
}

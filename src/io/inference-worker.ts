/** The entry of an inference thread: messages with tensors → its own session → messages with tensors. Buffers move both ways. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Session, SessionOptions } from '../ports.ts';
import { freeBuffer } from './free-bytes.ts';
import { loadOrtSession, messageOf } from './ort-session.ts';
import { type ToWorker, transferable, type WorkerStart } from './worker-protocol.ts';

if (parentPort === null) throw new Error('inference-worker.ts runs as a worker thread only');
const port = parentPort;
const { folder, path, options } = workerData as WorkerStart & { readonly options: SessionOptions };

async function answer(session: Session, message: ToWorker): Promise<void> {
  if (message.kind === 'release') {
    await session.release();
    // The thread ends by itself when nobody listens any more; ending it from outside during a run would abort the process.
    port.close();
    return;
  }
  try {
    const { outputs, runMs } = await session.run(message.inputs, message.outputs);
    for (const buffer of transferable(message.inputs)) freeBuffer(buffer);
    port.postMessage({ kind: 'done', outputs, runMs }, transferable(outputs));
  } catch (error) {
    port.postMessage({ kind: 'failed', message: messageOf(error) });
  }
}

try {
  const session = await loadOrtSession(folder, path, options);
  port.on('message', (message: ToWorker) => void answer(session, message));
  port.postMessage({ kind: 'loaded', inputNames: session.inputNames, outputNames: session.outputNames });
} catch (error) {
  port.postMessage({ kind: 'load-failed', message: messageOf(error) });
  port.close();
}

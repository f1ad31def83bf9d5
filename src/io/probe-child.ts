/** The probe process: a `ProbeOrder` as its only message → loads and runs the model once → one `ProbeReport`. */
import { performance } from 'node:perf_hooks';
import type { ProbeRequest, ProbeResult, Session } from '../ports.ts';
import { answerOrder } from './guarded-child.ts';
import { loadOrtSession, messageOf } from './ort-session.ts';
import { peakBytes } from './peak-memory.ts';

export interface ProbeOrder extends ProbeRequest {
  /** Folder of the onnxruntime package. */
  readonly runtimeFolder: string;
}

/** What a process that survived can say of itself. */
export type ProbeReport = Extract<ProbeResult, { status: 'ok' | 'load-failed' | 'run-failed' }>;

answerOrder(probe);

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
    return { status: 'ok', loadMs, runMs, peakBytes: peakBytes() };
  } catch (error) {
    return { status: 'run-failed', message: messageOf(error) };
  }
}

/** Runtime folder × model path → a `Session` in this thread. */
import { performance } from 'node:perf_hooks';
import type { Tensor } from '../model/tensor.ts';
import type { Session, SessionOptions } from '../ports.ts';
import {
  type ByName,
  LOG_FATAL,
  loadBinding,
  type SessionOptions as NativeOptions,
  type NativeSession,
  type NativeTensor,
} from './ort-binding.ts';
import { fromNative, toNative } from './ort-tensor.ts';
import { runWatch } from './run-watch.ts';

/** `folder` is what `findRuntime` found. Rejects with the runtime's own message when the model is bad. */
export async function loadOrtSession(folder: string, path: string, options: SessionOptions): Promise<Session> {
  const { InferenceSession } = loadBinding(folder);
  const native = new InferenceSession();
  native.loadModel(path, sessionOptions(options));
  const inputNames = native.inputMetadata.map(({ name }) => name);
  const loaded: Loaded = { native, inputNames, timeoutMs: options.runTimeoutMs };
  let tail: Promise<unknown> = Promise.resolve();
  let released = false;
  return {
    inputNames,
    outputNames: native.outputMetadata.map(({ name }) => name),
    run(inputs, outputs) {
      const result = runOnce(loaded, inputs, outputs);
      tail = result.catch(() => {});
      return result;
    },
    async release() {
      if (released) return;
      released = true;
      await tail;
      native.dispose();
    },
  };
}

const RUN_OPTIONS = { logSeverityLevel: LOG_FATAL };

interface Loaded {
  readonly native: NativeSession;
  readonly inputNames: readonly string[];
  readonly timeoutMs: number | undefined;
}

async function runOnce(
  { native, inputNames, timeoutMs }: Loaded,
  inputs: ReadonlyMap<string, Tensor>,
  outputs: readonly string[],
): Promise<{ outputs: ReadonlyMap<string, Tensor>; runMs: number }> {
  const feeds: ByName<NativeTensor> = Object.create(null);
  for (const name of inputNames) {
    const tensor = inputs.get(name);
    // Left to the runtime, it would say that a tensor is null.
    if (tensor === undefined) throw new Error(`input '${name}' is missing`);
    feeds[name] = toNative(tensor);
  }
  const wanted: ByName<null> = Object.create(null);
  for (const name of outputs) wanted[name] = null;
  // A run blocks: what has arrived is read before, so that the next batch has it.
  await new Promise(setImmediate);
  const end = timeoutMs === undefined ? undefined : runWatch().begin(timeoutMs);
  const start = performance.now();
  let results: ByName<NativeTensor>;
  try {
    results = native.run(feeds, wanted, RUN_OPTIONS);
  } finally {
    end?.();
  }
  const runMs = performance.now() - start;
  const answer = new Map<string, Tensor>();
  for (const name of outputs) {
    const result = results[name];
    if (result === undefined) throw new Error(`onnxruntime gave no output '${name}'`);
    answer.set(name, fromNative(result));
  }
  return { outputs: answer, runMs };
}

/** `threads` intra-op threads, no spinning (a spinning pool burns most of a core at a few requests a second), nothing printed. */
function sessionOptions({ threads }: SessionOptions): NativeOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: LOG_FATAL,
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  };
}

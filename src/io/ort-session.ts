/** Runtime folder × model path → a `Session` in this thread. The only module that loads native code. */
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import { MlserveError } from '../errors.ts';
import type { Tensor } from '../model/tensor.ts';
import type { Session, SessionOptions } from '../ports.ts';
import { fromOrt, toOrt } from './ort-tensor.ts';
import { runWatch } from './run-watch.ts';

type Ort = typeof import('onnxruntime-common');

/** `folder` is what `findRuntime` found. Rejects with the runtime's own message when the model is bad. */
export async function loadOrtSession(folder: string, path: string, options: SessionOptions): Promise<Session> {
  const ort = loadOrt(folder);
  const native = await ort.InferenceSession.create(path, sessionOptions(options));
  try {
    refuseLostOutputs(native.outputNames);
  } catch (error) {
    await native.release();
    throw error;
  }
  let tail: Promise<unknown> = Promise.resolve();
  let released = false;
  return {
    inputNames: native.inputNames,
    outputNames: native.outputNames,
    run(inputs, outputs) {
      const result = runOnce({ ort, native, timeoutMs: options.runTimeoutMs }, inputs, outputs);
      tail = result.catch(() => {});
      return result;
    },
    async release() {
      if (released) return;
      released = true;
      await tail;
      await native.release();
    },
  };
}

const RUN_OPTIONS: InferenceSession.RunOptions = { logSeverityLevel: 4 };

interface Loaded {
  readonly ort: Ort;
  readonly native: InferenceSession;
  readonly timeoutMs: number | undefined;
}

async function runOnce(
  { ort, native, timeoutMs }: Loaded,
  inputs: ReadonlyMap<string, Tensor>,
  outputs: readonly string[],
): Promise<{ outputs: ReadonlyMap<string, Tensor>; runMs: number }> {
  const feeds: Record<string, OrtTensor> = Object.create(null);
  for (const [name, tensor] of inputs) feeds[name] = toOrt(ort.Tensor, tensor);
  const end = timeoutMs === undefined ? undefined : runWatch().begin(timeoutMs);
  const start = performance.now();
  let results: InferenceSession.OnnxValueMapType;
  try {
    results = await native.run(feeds, outputs, RUN_OPTIONS);
  } finally {
    end?.();
  }
  const runMs = performance.now() - start;
  const answer = new Map<string, Tensor>();
  for (const name of outputs) {
    const result = results[name];
    if (result === undefined) throw new Error(`onnxruntime gave no output '${name}'`);
    answer.set(name, fromOrt(result));
  }
  return { outputs: answer, runMs };
}

/** Loads the native binding, once a process. */
export function loadOrt(folder: string): Ort {
  // Read by the library when its environment is made; set before that, for this process and its threads.
  process.env.ORT_DISABLE_TELEMETRY = '1';
  try {
    const ort = createRequire(import.meta.url)(folder) as Ort;
    ort.env.logLevel = 'fatal';
    return ort;
  } catch (error) {
    throw new MlserveError('RUNTIME_UNSUPPORTED', `onnxruntime does not load: ${messageOf(error)}`, {
      where: folder,
      hint: 'install mlserve again, or the system library that the message names',
      cause: error,
    });
  }
}

/** `threads` intra-op threads, no spinning (a spinning pool burns most of a core at a few requests a second), nothing printed. */
function sessionOptions({ threads }: SessionOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Only what kills the process anyway: errors are thrown, and would be printed a second time.
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  };
}

/** onnxruntime-common copies results by assignment, which drops this one name. */
function refuseLostOutputs(names: readonly string[]): void {
  if (names.includes('__proto__'))
    throw new Error("the model has an output called '__proto__', which cannot be served");
}

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

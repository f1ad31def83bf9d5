/**
 * Runtime folder → onnxruntime's native binding, ready for sessions. The only module that loads native code. The package's own JavaScript
 * stays outside: it is twenty files that choose among runtimes of browsers, and copies each answer.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { MlserveError } from '../errors.ts';
import { SUPPORTED, thisPlatform, whyUnsupported } from './runtime-files.ts';

/** A tensor as the binding takes it, and gives it. */
export interface NativeTensor {
  /** Names of `element-type.ts`. */
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
  /** Where the data is. */
  readonly location: 'cpu';
}

/** Own properties, of an object without a prototype: a model may call an output `constructor`. */
export type ByName<T> = Record<string, T>;

export interface NativeSession {
  /** Throws onnxruntime's message. */
  loadModel(path: string, options: SessionOptions): void;
  readonly inputMetadata: readonly { readonly name: string }[];
  readonly outputMetadata: readonly { readonly name: string }[];
  /** Blocks this thread. `outputs`: null for each that is wanted. Throws onnxruntime's message. */
  run(inputs: ByName<NativeTensor>, outputs: ByName<null>, options: RunOptions): ByName<NativeTensor>;
  dispose(): void;
}

/** https://onnxruntime.ai/docs/api/js/interfaces/InferenceSession.SessionOptions.html, as far as we say it. */
export interface SessionOptions {
  readonly executionProviders: readonly string[];
  readonly intraOpNumThreads: number;
  readonly interOpNumThreads: number;
  readonly logSeverityLevel: number;
  readonly extra: Record<string, unknown>;
}

export interface RunOptions {
  readonly logSeverityLevel: number;
}

interface Binding {
  readonly InferenceSession: new () => NativeSession;
  /** Makes the environment of the process, or joins it. The constructor is called for each tensor of an answer. */
  initOrtOnce(logLevel: number, tensor: typeof AnsweredTensor, isMainThread: boolean): void;
}

class AnsweredTensor implements NativeTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
  readonly location = 'cpu';

  constructor(type: string, data: unknown, dims: readonly number[]) {
    this.type = type;
    this.data = data;
    this.dims = dims;
  }
}

/** Errors are thrown, and would be printed a second time: what is left is what kills the process anyway. */
export const LOG_FATAL = 4;

/** Bindings that are ready in this thread, by folder. */
const ready = new Map<string, Binding>();

/** `folder` is what `findRuntime` found. Throws RUNTIME_UNSUPPORTED. */
export function loadBinding(folder: string): Binding {
  const known = ready.get(folder);
  if (known !== undefined) return known;
  // Read by the library when its environment is made; set before that, for this process and its threads.
  process.env.ORT_DISABLE_TELEMETRY = '1';
  const file = join(folder, 'bin', 'napi-v6', process.platform, process.arch, 'onnxruntime_binding.node');
  try {
    const binding = createRequire(import.meta.url)(file) as Binding;
    binding.initOrtOnce(LOG_FATAL, AnsweredTensor, process.getBuiltinModule('node:worker_threads').isMainThread);
    ready.set(folder, binding);
    return binding;
  } catch (error) {
    const reason = whyUnsupported(thisPlatform());
    throw new MlserveError('RUNTIME_UNSUPPORTED', reason ?? `onnxruntime does not load: ${messageOf(error)}`, {
      where: folder,
      hint: reason
        ? `run mlserve on one of: ${SUPPORTED}`
        : 'install mlserve again, or the library that the message names',
      cause: error,
    });
  }
}

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

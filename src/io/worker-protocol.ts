/** The messages between the main thread and an inference thread, and which buffers of a message move instead of being copied. */
import { Buffer } from 'node:buffer';
import type { NumericData, Tensor, Tensors } from '../model/tensor.ts';
import type { SessionOptions } from '../ports.ts';

export interface WorkerStart {
  /** Folder of onnxruntime-node. */
  readonly folder: string;
  readonly path: string;
  readonly options: SessionOptions;
}

export type ToWorker =
  | { readonly kind: 'run'; readonly inputs: Tensors; readonly outputs: readonly string[] }
  | { readonly kind: 'release' };

export type FromWorker =
  | { readonly kind: 'loaded'; readonly inputNames: readonly string[]; readonly outputNames: readonly string[] }
  | { readonly kind: 'load-failed' | 'failed'; readonly message: string }
  | { readonly kind: 'done'; readonly outputs: Tensors; readonly runMs: number };

/** Each buffer once. Call on `movable` tensors only. */
export function transferable(tensors: Tensors): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { data } of tensors.values()) {
    if (!Array.isArray(data) && data.buffer instanceof ArrayBuffer) buffers.add(data.buffer);
  }
  return [...buffers];
}

/** Elements that are at least this part of their memory take the rest along. */
const MOST = 1 / 2;

/**
 * The same tensors in buffers that may go away: one that is most of its buffer (of a request body, say, whose JSON comes first) goes as it is. Of a
 * larger one (a body with several tensors, Node's pool, which must stay) a copy goes. Strings are cloned by the post.
 */
export function movable(tensors: Tensors): Tensors {
  const owned = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    const { data } = tensor;
    owned.set(name, Array.isArray(data) || isMost(data) ? tensor : { ...tensor, data: data.slice() });
  }
  return owned;
}

function isMost({ buffer, byteLength }: NumericData): boolean {
  if (!(buffer instanceof ArrayBuffer)) return false;
  return byteLength === buffer.byteLength || (byteLength > Buffer.poolSize && byteLength >= buffer.byteLength * MOST);
}

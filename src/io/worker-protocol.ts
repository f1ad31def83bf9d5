/** The messages between the main thread and an inference thread, and which buffers of a message move instead of being copied. */
import type { Tensor, Tensors } from '../model/tensor.ts';
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

/** The same tensors, each owning its buffer: a view into a larger one (a request body, Node's pool) is copied, strings are cloned by the post. */
export function movable(tensors: Tensors): Tensors {
  const owned = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    const { data } = tensor;
    const isWhole =
      Array.isArray(data) || (data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength);
    owned.set(name, isWhole ? tensor : { ...tensor, data: data.slice() });
  }
  return owned;
}

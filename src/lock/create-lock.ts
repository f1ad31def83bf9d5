/** What is on disk now → the lock that records it. */
import type { Lock, LockedModel } from './lock.ts';

export interface LockInput {
  readonly service: { readonly name: string; readonly version: string };
  /** Of onnxruntime-node. */
  readonly runtimeVersion: string;
  readonly models: readonly LockedModel[];
}

/** The order of the models does not matter. */
export function createLock({ service, runtimeVersion, models }: LockInput): Lock {
  return {
    lockfileVersion: 1,
    service: { name: service.name, version: service.version },
    runtime: { name: 'onnxruntime-node', version: runtimeVersion },
    models: [...models].sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version)),
  };
}

/** By code units: the same order on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

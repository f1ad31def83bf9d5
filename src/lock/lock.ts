/** The shape of `mlserve.lock`: what was agreed to ship. Types only; `lockfile.ts` parses and formats it. */
import type { Digest, Fingerprint } from '../model/fingerprint.ts';
import type { Signature } from '../model/signature.ts';
import type { Measurement } from './measurement.ts';

export interface LockedFile {
  /** Relative to the model's folder, as the model records it; the model file itself comes first. */
  readonly path: string;
  readonly bytes: number;
  readonly digest: Digest;
}

export interface LockedModel {
  readonly name: string;
  readonly version: string;
  /** Relative to the project folder, POSIX separators. */
  readonly path: string;
  readonly digests: Fingerprint;
  readonly files: readonly LockedFile[];
  readonly signature: Signature;
  /** Of the features and outputs the service promises for this model, in canonical JSON. */
  readonly schema: Digest;
}

export interface Lock {
  readonly lockfileVersion: 1;
  readonly service: { readonly name: string; readonly version: string };
  readonly runtime: { readonly name: 'onnxruntime-node'; readonly version: string };
  /** Sorted by name, then by version, both by code units. */
  readonly models: readonly LockedModel[];
  /** In the order of the models, for those that were measured; absent when none was. No part of what ships, nor of the digest of the lock. */
  readonly measurements?: readonly Measurement[];
}

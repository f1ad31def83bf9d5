/** Parsed JSON → what keeps it from being a `Lock` of version 1, or undefined. */
import { ELEMENT_TYPES } from '../model/element-type.ts';
import { measurement } from './measurement-shape.ts';
import { type Check, count, digest, equal, list, optional, record, text } from './shape.ts';

const dimension: Check = (value, path) =>
  value === null || typeof value === 'string' || Number.isSafeInteger(value) ? undefined : `${path} is not a dimension`;

const tensor = record({
  kind: equal('tensor'),
  name: text,
  elementType: equal(...Object.keys(ELEMENT_TYPES)),
  shape: (value, path) => (value === null ? undefined : list(dimension)(value, path)),
});

const nonTensor = record({
  kind: equal('sequence', 'map', 'optional', 'sparse', 'opaque', 'unknown'),
  name: text,
  description: text,
});

const value: Check = (given, path) =>
  ((given as { kind?: unknown } | null)?.kind === 'tensor' ? tensor : nonTensor)(given, path);

const model = record({
  name: text,
  version: text,
  path: text,
  digests: record({ model: digest, graph: digest, weights: digest, signature: digest }),
  files: list(record({ path: text, bytes: count, digest })),
  signature: record({ inputs: list(value), defaultedInputs: list(value), outputs: list(value) }),
  schema: digest,
});

const lock = record({
  lockfileVersion: equal(1),
  service: record({ name: text, version: text }),
  runtime: record({ name: equal('onnxruntime-node'), version: text }),
  models: list(model),
  measurements: optional(list(measurement)),
});

export function findLockProblem(given: unknown): string | undefined {
  return lock(given, 'the lock');
}

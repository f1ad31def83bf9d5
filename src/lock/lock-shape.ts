/** Parsed JSON → what keeps it from being a `Lock` of version 1, or undefined. */
import { ELEMENT_TYPES } from '../model/element-type.ts';

/** Undefined when the value fits, else what is wrong with it, in words, below `path`. */
type Check = (value: unknown, path: string) => string | undefined;

const text: Check = (value, path) => (typeof value === 'string' ? undefined : `${path} is not text`);

const digest: Check = (value, path) =>
  typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value) ? undefined : `${path} is not a digest`;

const count: Check = (value, path) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : `${path} is not a size`;

const equal =
  (...allowed: readonly unknown[]): Check =>
  (value, path) =>
    allowed.includes(value) ? undefined : `${path} has an unknown value`;

const list =
  (item: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return `${path} is not a list`;
    return first(value.map((one, at) => () => item(one, `${path}[${at}]`)));
  };

const record =
  (members: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${path} is not an object`;
    const stranger = Object.keys(value).find((key) => !Object.hasOwn(members, key));
    if (stranger !== undefined) return `${path} has an unknown member "${stranger}"`;
    return first(
      Object.entries(members).map(
        ([key, check]) =>
          () =>
            check((value as Record<string, unknown>)[key], `${path}.${key}`),
      ),
    );
  };

function first(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const problem = check();
    if (problem !== undefined) return problem;
  }
  return undefined;
}

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
});

export function findLockProblem(given: unknown): string | undefined {
  return lock(given, 'the lock');
}

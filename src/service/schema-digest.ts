/** What a model promises its callers → a digest of it, which the lock records. */
import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../lock/canonical-json.ts';
import type { Digest } from '../model/fingerprint.ts';
import type { ModelSpec, OutputSpec } from './spec.ts';

/** sha256 of `schemaJson` in UTF-8. */
export function schemaDigest(model: ModelSpec): Digest {
  return `sha256:${createHash('sha256').update(schemaJson(model)).digest('hex')}`;
}

/**
 * Features and outputs as resolved, in JSON with sorted keys on one line: `{"features":{…},"outputs":[…]}`. Without the tolerances of tests: they
 * change nothing for callers.
 */
export function schemaJson({ features, outputs }: Pick<ModelSpec, 'features' | 'outputs'>): string {
  return canonicalJson(plain({ features: features ?? null, outputs: outputs.map(promised) }));
}

function promised({ tolerance: _, ...output }: OutputSpec): Omit<OutputSpec, 'tolerance'> {
  return output;
}

/** Maps as objects; the rest as it is. */
function plain(value: unknown): JsonValue {
  if (value instanceof Map) return plain(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
  }
  return value as JsonValue;
}

/** A value → JSON with sorted keys: the same text for the same value, whatever the order it was built in. */

/** What JSON can say; undefined members are left out, as JSON.stringify does. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Keys in the order of their UTF-16 code units; `indent` spaces a level, one line when 0. */
export function canonicalJson(value: JsonValue, indent = 0): string {
  return JSON.stringify(sorted(value), undefined, indent);
}

function sorted(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(sorted);
  const keys = Object.keys(value).sort();
  // Through entries, so that a key `__proto__` is a key like others.
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}

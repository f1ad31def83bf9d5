/** The value at a reader's cursor → a scalar, a whole value, or nothing (stepped over, its grammar checked all the same). */
import type { FeatureValue } from '../../service/codec.ts';
import { isRoundedToInteger, LONGEST_INTEGER } from '../../service/exact-integer.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, JsonReader, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-reader.ts';
import { refuseTwice, SeenKeys } from './seen-keys.ts';

/** JSON without loss: integers beyond 2^53 are bigint, objects have no prototype. */
export type JsonValue = FeatureValue | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** Guard of `parseJson` callers that have no limit of their own. */
export const DEFAULT_DEPTH = 100;

/** Called with the name or index of each member of the document that is a number rounded to an integer. */
export type OnRounded = (member: string | number) => void;

/** A whole document. Throws `JsonError`; duplicate keys, and numbers too large for a double, are refused. */
export function parseJson(
  source: Uint8Array | string,
  maxDepth: number = DEFAULT_DEPTH,
  onRounded?: OnRounded,
): JsonValue {
  const reader = new JsonReader(typeof source === 'string' ? new TextEncoder().encode(source) : source, maxDepth);
  const value = readValue(reader, onRounded);
  reader.end();
  return value;
}

export function readValue(reader: JsonReader, onRounded?: OnRounded): JsonValue {
  const next = reader.peek();
  if (next === OPEN_BRACKET) {
    const list: JsonValue[] = [];
    reader.open(OPEN_BRACKET);
    for (let first = true; reader.more(first, CLOSE_BRACKET); first = false) {
      const value = readValue(reader);
      if (onRounded !== undefined && isRounded(reader, value)) onRounded(list.length);
      list.push(value);
    }
    return list;
  }
  if (next === OPEN_BRACE) {
    const object: Record<string, JsonValue> = Object.create(null);
    reader.open(OPEN_BRACE);
    for (let first = true; reader.more(first, CLOSE_BRACE); first = false) {
      const key = reader.key();
      if (key in object) refuseTwice(reader);
      const value = readValue(reader);
      if (onRounded !== undefined && isRounded(reader, value)) onRounded(key);
      object[key] = value;
    }
    return object;
  }
  const value = readScalar(reader);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    reader.fail('number-range', 'number too large for a double', reader.tokenStart);
  }
  return value;
}

/** Whether `value`, the scalar just read, is an integer whose text has a fraction that no double can hold. */
export function isRounded(reader: JsonReader, value: JsonValue): boolean {
  return typeof value === 'number' && !reader.wasInteger && isRoundedToInteger(value, reader.numberText());
}

/** A string, number, boolean or null. A number too large for a double comes out infinite; arrays and objects throw. */
export function readScalar(reader: JsonReader): FeatureValue {
  switch (reader.peek()) {
    case QUOTE:
      return reader.string();
    case 0x74:
      return reader.take('true') || reader.fail('syntax', 'expected a value');
    case 0x66:
      if (!reader.take('false')) reader.fail('syntax', 'expected a value');
      return false;
    case 0x6e:
      if (!reader.take('null')) reader.fail('syntax', 'expected a value');
      return null;
    default: {
      const value = reader.number();
      if (!reader.wasInteger || Number.isSafeInteger(value)) return value;
      return reader.pos - reader.tokenStart > LONGEST_INTEGER ? value : BigInt(reader.numberText());
    }
  }
}

/** Steps over a value. `nonFinite`: the bare tokens NaN, Infinity and -Infinity pass. */
export function skipValue(reader: JsonReader, nonFinite = false): void {
  switch (reader.peek()) {
    case OPEN_BRACKET:
      reader.open(OPEN_BRACKET);
      for (let first = true; reader.more(first, CLOSE_BRACKET); first = false) skipValue(reader, nonFinite);
      return;
    case OPEN_BRACE:
      skipMembers(reader, undefined, nonFinite);
      return;
    case QUOTE:
      reader.string();
      return;
    case 0x74:
    case 0x66:
    case 0x6e:
      readScalar(reader);
      return;
    default:
      if (!(nonFinite && takeNonFinite(reader) !== undefined)) reader.number();
  }
}

/** Steps over the object at the cursor; `onKey` is told of each key before its value. */
export function skipMembers(reader: JsonReader, onKey?: (key: string) => void, nonFinite = false): void {
  const seen = new SeenKeys();
  reader.open(OPEN_BRACE);
  for (let first = true; reader.more(first, CLOSE_BRACE); first = false) {
    const key = reader.key();
    seen.add(reader, key);
    onKey?.(key);
    skipValue(reader, nonFinite);
  }
}

/** NaN, Infinity or -Infinity as Python's `json.dumps` writes them, stepped over; undefined when none stands here. */
export function takeNonFinite(reader: JsonReader): number | undefined {
  if (reader.take('NaN')) return Number.NaN;
  if (reader.take('Infinity')) return Number.POSITIVE_INFINITY;
  if (reader.take('-Infinity')) return Number.NEGATIVE_INFINITY;
  return undefined;
}

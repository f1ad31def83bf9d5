/** The keys of one object as they come → an error at the second of the same, or when there are too many to remember. */
import type { JsonReader } from './json-reader.ts';

/** No object has so many for a reason; to remember millions takes seconds. */
export const MOST_KEYS = 10_000;

export class SeenKeys {
  // Most objects that are stepped over have one key: a set for each of a million would take seconds as well.
  #first: string | undefined;
  #all: Set<string> | undefined;

  /** `key` was just read from `reader`. */
  add(reader: JsonReader, key: string): void {
    if (this.#first === undefined) {
      this.#first = key;
      return;
    }
    this.#all ??= new Set([this.#first]);
    if (this.#all.has(key)) refuseTwice(reader);
    if (this.#all.size === MOST_KEYS) reader.fail('keys', `more than ${MOST_KEYS} keys in one object`);
    this.#all.add(key);
  }

  has(key: string): boolean {
    return this.#all === undefined ? this.#first === key : this.#all.has(key);
  }
}

/** The same where `keyIn` told keys that are expected (numbers below 32) from all others: those cost nothing to remember. */
export class SeenMembers {
  #known = 0;
  #others: SeenKeys | undefined;

  add(reader: JsonReader, key: number | string): void {
    if (typeof key === 'string') {
      this.#others ??= new SeenKeys();
      this.#others.add(reader, key);
      return;
    }
    const bit = 1 << key;
    if ((this.#known & bit) !== 0) refuseTwice(reader);
    this.#known |= bit;
  }
}

export function refuseTwice(reader: JsonReader): never {
  reader.fail('duplicate-key', 'the same key twice in one object');
}

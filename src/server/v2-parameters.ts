/** The `parameters` of a V2 request, input or output, at the cursor → those that are served; a 400 where one asks for what would change the answer and is not. */
import { CLOSE_BRACE, type JsonReader, OPEN_BRACE, OPEN_BRACKET } from './json/json-reader.ts';
import { type KeySet, keySet } from './json/key-set.ts';
import { readScalar, skipValue } from './json/read-value.ts';
import { SeenMembers } from './json/seen-keys.ts';
import { Refusal } from './refusal.ts';

export interface RequestParameters {
  /** Whether outputs that nobody listed come as bytes. */
  readonly binaryOutput: boolean;
  /** Milliseconds the request may wait for its run; undefined when the client does not say. */
  readonly timeoutMs: number | undefined;
}

export interface OutputParameters {
  /** Whether it comes as bytes; undefined when the client does not say. */
  readonly binary: boolean | undefined;
  /** So many of the largest values instead of the tensor; undefined for the tensor. */
  readonly classes: number | undefined;
}

const REQUEST = keySet(['binary_data_output', 'timeout']);

export function readRequestParameters(reader: JsonReader): RequestParameters {
  const parameters = new Parameters(reader, REQUEST, 'the request');
  let binaryOutput = false;
  let timeoutMs: number | undefined;
  for (let key = parameters.next(); key !== undefined; key = parameters.next()) {
    if (key === 0) binaryOutput = parameters.boolean(key) ?? false;
    else {
      // Microseconds; 0 is "no limit".
      const micros = parameters.unsigned(key) ?? 0;
      timeoutMs = micros === 0 ? undefined : micros / 1000;
    }
  }
  return { binaryOutput, timeoutMs };
}

const INPUT = keySet(['binary_data_size']);

/** Bytes of the input's blob; undefined when its data are JSON. */
export function readInputParameters(reader: JsonReader): number | undefined {
  const parameters = new Parameters(reader, INPUT, 'an input');
  let size: number | undefined;
  for (let key = parameters.next(); key !== undefined; key = parameters.next()) size = parameters.unsigned(key);
  return size;
}

const OUTPUT = keySet(['binary_data', 'classification']);

export function readOutputParameters(reader: JsonReader): OutputParameters {
  const parameters = new Parameters(reader, OUTPUT, 'an output');
  let binary: boolean | undefined;
  let classes: number | undefined;
  for (let key = parameters.next(); key !== undefined; key = parameters.next()) {
    if (key === 0) binary = parameters.boolean(key);
    else classes = parameters.unsigned(key);
    if (classes === 0) throw new Refusal(400, `Unable to parse parameter 'classification': it is not greater than 0`);
  }
  return { binary, classes };
}

/** First byte of `null`. */
const NULL = 0x6e;
const SHARED_MEMORY = 'shared_memory_region';
/** Names that belong to the server. */
const RESERVED = 'triton_';

/** The known ones among the parameters at a reader's cursor, one after another; all others are passed over. */
class Parameters {
  readonly #reader: JsonReader;
  readonly #known: KeySet;
  readonly #where: string;
  readonly #seen = new SeenMembers();
  #isFirst = true;
  #isEmpty = false;

  constructor(reader: JsonReader, known: KeySet, where: string) {
    this.#reader = reader;
    this.#known = known;
    this.#where = where;
    const next = reader.peek();
    if (next === OPEN_BRACE) {
      reader.open(OPEN_BRACE);
      return;
    }
    skipValue(reader);
    if (next !== NULL) throw new Refusal(400, `Unable to parse 'parameters' of ${where}: it is not an object`);
    this.#isEmpty = true;
  }

  /** Index of the next known parameter, whose value is at the cursor and must be read; undefined after the last. */
  next(): number | undefined {
    const reader = this.#reader;
    for (; !this.#isEmpty && reader.more(this.#isFirst, CLOSE_BRACE); skipValue(reader)) {
      const key = reader.keyIn(this.#known, 0);
      this.#isFirst = false;
      this.#seen.add(reader, key);
      if (typeof key === 'number') return key;
      if (key === SHARED_MEMORY || key.startsWith(RESERVED)) this.#refuse(key);
    }
    return undefined;
  }

  /** The value at the cursor; undefined for `null`. */
  boolean(key: number): boolean | undefined {
    const value = this.#scalar();
    if (typeof value === 'boolean') return value;
    if (value === null) return undefined;
    throw this.#misfit(key, 'non-boolean as boolean');
  }

  /** As `boolean`. */
  unsigned(key: number): number | undefined {
    const value = this.#scalar();
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= 0) return number;
    if (value === null) return undefined;
    throw this.#misfit(key, 'non-unsigned-integer as unsigned-integer');
  }

  /** An array or an object, which no parameter is, comes out as undefined. */
  #scalar(): ReturnType<typeof readScalar> | undefined {
    const next = this.#reader.peek();
    if (next !== OPEN_BRACE && next !== OPEN_BRACKET) return readScalar(this.#reader);
    skipValue(this.#reader);
    return undefined;
  }

  #misfit(key: number, what: string): Refusal {
    return new Refusal(400, `Unable to parse parameter '${this.#known.names[key]}': attempt to access JSON ${what}`);
  }

  #refuse(name: string): never {
    throw name === SHARED_MEMORY
      ? new Refusal(
          400,
          `parameter '${name}' of ${this.#where}: the shared memory extensions are not supported; send the tensor as JSON in "data", or as bytes with "binary_data_size"`,
        )
      : new Refusal(
          400,
          `parameter keys starting with '${RESERVED}' are reserved for the server and cannot be specified`,
        );
  }
}

/** The `parameters` of a V2 request, input or output, at the cursor → those that are served; a 400 where one asks for what would change the answer and is not. */
import { CLOSE_BRACE, type JsonReader, OPEN_BRACE, OPEN_BRACKET } from './json/json-reader.ts';
import { readScalar, skipValue } from './json/read-value.ts';
import { SeenKeys } from './json/seen-keys.ts';
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

type Reading = Readonly<Record<string, (value: unknown) => void>>;

export function readRequestParameters(reader: JsonReader): RequestParameters {
  let binaryOutput = false;
  let timeoutMs: number | undefined;
  readParameters(reader, 'the request', {
    binary_data_output: (value) => {
      binaryOutput = boolean('binary_data_output', value);
    },
    timeout: (value) => {
      // Microseconds; 0 is "no limit".
      const micros = unsigned('timeout', value);
      timeoutMs = micros === 0 ? undefined : micros / 1000;
    },
  });
  return { binaryOutput, timeoutMs };
}

/** Bytes of the input's blob; undefined when its data are JSON. */
export function readInputParameters(reader: JsonReader): number | undefined {
  let size: number | undefined;
  readParameters(reader, 'an input', {
    binary_data_size: (value) => {
      size = unsigned('binary_data_size', value);
    },
  });
  return size;
}

export function readOutputParameters(reader: JsonReader): OutputParameters {
  let binary: boolean | undefined;
  let classes: number | undefined;
  readParameters(reader, 'an output', {
    binary_data: (value) => {
      binary = boolean('binary_data', value);
    },
    classification: (value) => {
      classes = unsigned('classification', value);
      if (classes === 0) throw new Refusal(400, `Unable to parse parameter 'classification': it is not greater than 0`);
    },
  });
  return { binary, classes };
}

/** First byte of `null`. */
const NULL = 0x6e;
const SHARED_MEMORY = 'shared_memory_region';
/** Names that belong to the server. */
const RESERVED = 'triton_';

/** Parameters without an entry in `known`, and `null` values, are passed over. */
function readParameters(reader: JsonReader, where: string, known: Reading): void {
  const next = reader.peek();
  if (next !== OPEN_BRACE) {
    skipValue(reader);
    if (next === NULL) return;
    throw new Refusal(400, `Unable to parse 'parameters' of ${where}: it is not an object`);
  }
  const seen = new SeenKeys();
  reader.open(OPEN_BRACE);
  for (let first = true; reader.more(first, CLOSE_BRACE); first = false) {
    const name = reader.key();
    seen.add(reader, name);
    if (name === SHARED_MEMORY) {
      throw new Refusal(
        400,
        `parameter '${name}' of ${where}: the shared memory extensions are not supported; send the tensor as JSON in "data", or as bytes with "binary_data_size"`,
      );
    }
    if (name.startsWith(RESERVED)) {
      throw new Refusal(
        400,
        `parameter keys starting with '${RESERVED}' are reserved for the server and cannot be specified`,
      );
    }
    const take = Object.hasOwn(known, name) ? known[name] : undefined;
    if (take === undefined || reader.peek() === NULL) skipValue(reader);
    else take(scalar(reader));
  }
}

/** A value at the cursor; an array or an object, which no parameter is, as undefined. */
function scalar(reader: JsonReader): unknown {
  const next = reader.peek();
  if (next !== OPEN_BRACE && next !== OPEN_BRACKET) return readScalar(reader);
  skipValue(reader);
  return undefined;
}

function boolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new Refusal(400, `Unable to parse parameter '${name}': attempt to access JSON non-boolean as boolean`);
}

function unsigned(name: string, value: unknown): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0) return number;
  throw new Refusal(
    400,
    `Unable to parse parameter '${name}': attempt to access JSON non-unsigned-integer as unsigned-integer`,
  );
}

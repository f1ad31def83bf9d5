/** The array of `instances` at the cursor, each an object of features or a list of values in order → the model's tensors. */
import { plural } from '../plural.ts';
import { type FeatureCodec, NO_INTEGER, type RowEncoder } from '../service/codec.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, type JsonReader, OPEN_BRACE, OPEN_BRACKET } from './json/json-reader.ts';
import { type KeySet, keySet } from './json/key-set.ts';
import { isRounded, readScalar, skipValue } from './json/read-value.ts';
import { refuseTwice, SeenKeys } from './json/seen-keys.ts';
import { pointerStep, type Violations } from './refusal.ts';
import type { RowBatch, RowLimit } from './row-batch.ts';

/** The codec of a model with the keys of its columns, made once. */
export interface FeatureReader {
  readonly codec: FeatureCodec;
  readonly keys: KeySet;
}

export function featureReader(codec: FeatureCodec): FeatureReader {
  return { codec, keys: keySet(codec.columns.map((column) => column.name)) };
}

interface Reading {
  readonly reader: JsonReader;
  readonly features: FeatureReader;
  readonly encoder: RowEncoder;
  readonly violations: Violations;
  /** By column: 1 + the row that last gave it, to see a key twice. */
  readonly seen: Int32Array;
  /** By column: 1 + the row in which its value never reached the encoder. */
  readonly refused: Int32Array;
}

interface CellProblem {
  readonly rule: string;
  readonly expected: string;
}

const NOT_SCALAR: CellProblem = { rule: 'type', expected: 'a single value, not an object or array' };
const TOO_LARGE: CellProblem = { rule: 'type', expected: 'a number that a double can hold' };

/** Throws the 422 that lists every violation; `JsonError` where the bytes are no JSON. */
export function readFeatures(
  reader: JsonReader,
  features: FeatureReader,
  violations: Violations,
  limit: RowLimit,
): RowBatch {
  const { codec } = features;
  const columns = codec.columns.length;
  const encoder = codec.encoder(1);
  const reading: Reading = {
    reader,
    features,
    encoder,
    violations,
    seen: new Int32Array(columns),
    refused: new Int32Array(columns),
  };
  let rows = 0;
  reader.open(OPEN_BRACKET);
  for (; reader.more(rows === 0, CLOSE_BRACKET); rows++) {
    limit(rows + 1, '/instances');
    const next = reader.peek();
    if (next === OPEN_BRACE) readNamed(reading, rows);
    else if (next === OPEN_BRACKET) readInOrder(reading, rows);
    else {
      skipValue(reader);
      violations.add(`/instances/${rows}`, 'type', `an object of features, or an array of ${plural(columns, 'value')}`);
      continue;
    }
    for (const { rule, column, expected } of encoder.endRow()) {
      // A value that was refused here is not missing as well.
      if (reading.refused[codec.indexOf.get(column) ?? 0] === rows + 1) continue;
      violations.add(`/instances/${rows}${pointerStep(column)}`, rule, expected);
    }
  }
  if (rows === 0) violations.add('/instances', 'minRows', 'at least one row');
  violations.check();
  return { inputs: encoder.finish(), rows };
}

function readNamed(reading: Reading, row: number): void {
  const { reader, features, violations, seen } = reading;
  const { codec, keys } = features;
  let guess = 0;
  let others: SeenKeys | undefined;
  reader.open(OPEN_BRACE);
  for (let first = true; reader.more(first, CLOSE_BRACE); first = false) {
    const key = reader.keyIn(keys, guess);
    if (typeof key === 'string') {
      others ??= new SeenKeys();
      others.add(reader, key);
      skipValue(reader);
      if (codec.onUnknownColumn === 'reject') {
        violations.add(`/instances/${row}${pointerStep(key)}`, 'unknown', 'no member but the features of the model');
      }
      continue;
    }
    if (seen[key] === row + 1) refuseTwice(reader);
    seen[key] = row + 1;
    guess = key + 1;
    const problem = readCell(reading, key, row);
    if (problem === undefined) continue;
    violations.add(`/instances/${row}${pointerStep(keys.names[key] as string)}`, problem.rule, problem.expected);
  }
}

function readInOrder(reading: Reading, row: number): void {
  const { reader, features, violations } = reading;
  const { columns } = features.codec;
  let column = 0;
  reader.open(OPEN_BRACKET);
  for (; reader.more(column === 0, CLOSE_BRACKET); column++) {
    if (column >= columns.length) {
      skipValue(reader);
      continue;
    }
    const problem = readCell(reading, column, row);
    if (problem !== undefined) violations.add(`/instances/${row}/${column}`, problem.rule, problem.expected);
  }
  if (column > columns.length)
    violations.add(`/instances/${row}`, 'length', `at most ${plural(columns.length, 'value')}`);
}

/** Reads the value at the cursor into a cell of the current row. */
function readCell(
  { reader, features, encoder, refused }: Reading,
  column: number,
  row: number,
): CellProblem | undefined {
  const next = reader.peek();
  if (next === OPEN_BRACE || next === OPEN_BRACKET) {
    skipValue(reader);
    refused[column] = row + 1;
    return NOT_SCALAR;
  }
  const value = readScalar(reader);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    refused[column] = row + 1;
    return TOO_LARGE;
  }
  const isNone = features.codec.columns[column]?.type === 'integer' && isRounded(reader, value);
  return encoder.set(column, isNone ? NO_INTEGER : value);
}

/** A file's bytes × its format → rows for one model. */
import { MlserveError } from '../../errors.ts';
import type { FeatureCodec } from '../codec.ts';
import type { FeatureType } from '../spec.ts';
import type { CellType } from './read-cell.ts';
import { type CsvColumns, readCsv } from './read-csv.ts';
import { readJson } from './read-json.ts';
import { readNdjson } from './read-ndjson.ts';
import type { BadRow, ParseJson, ReadLimits, ReadRow } from './row.ts';

export const INPUT_FORMATS = ['json', 'ndjson', 'csv'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

export interface ReadOptions {
  /** Undefined: NDJSON, or JSON when the text begins like a request: `{"instances":`. */
  readonly format: InputFormat | undefined;
  /** Undefined when the model speaks raw tensors: CSV cannot carry those. */
  readonly features: FeatureCodec | undefined;
  readonly parse: ParseJson;
  readonly limits: ReadLimits;
}

export function readRows(chunks: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncIterable<ReadRow | BadRow> {
  const { format, features, parse, limits } = options;
  if (format === undefined) return readUnnamed(chunks, options);
  if (format === 'json') return readJson(chunks, parse, limits);
  if (format === 'ndjson') return readNdjson(chunks, parse, limits);
  if (features === undefined) {
    throw new MlserveError('INPUT_INVALID', 'The model has no features, so CSV columns have nowhere to go.', {
      hint: 'write "features" in mlserve.yaml, or give NDJSON rows of nested arrays: {"input": [[...]]}',
    });
  }
  return readCsv(chunks, csvColumns(features), limits);
}

async function* readUnnamed(chunks: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<ReadRow | BadRow> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  const start = first.done ? '' : new TextDecoder().decode(first.value.subarray(0, 1000));
  const format = /^\ufeff?\s*\{\s*"instances"\s*:/.test(start) ? 'json' : 'ndjson';
  const all = async function* (): AsyncGenerator<Uint8Array> {
    if (!first.done) yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  yield* readRows(all(), { ...options, format });
}

/** By the end of the file's name; undefined where that says nothing. */
export function formatOfFile(path: string): InputFormat | undefined {
  const ending = /\.(json|ndjson|jsonl|csv)$/i.exec(path)?.[1]?.toLowerCase();
  return ending === 'jsonl' ? 'ndjson' : INPUT_FORMATS.find((format) => format === ending);
}

const CELLS: Readonly<Record<FeatureType, CellType>> = {
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  string: 'text',
  category: 'text',
};

/** How the cells of a feature are written. */
export function cellTypeOf(type: FeatureType): CellType {
  return CELLS[type];
}

function csvColumns({ columns, onUnknownColumn }: FeatureCodec): CsvColumns {
  return {
    types: new Map(columns.map(({ name, type }) => [name, cellTypeOf(type)])),
    required: columns.filter(({ onMissing }) => onMissing === 'reject').map(({ name }) => name),
    onUnknown: onUnknownColumn,
  };
}

/** A file of rows, and if there is one a file of the predictions they should get → what is to be asked of a model. */
import { batchDimension } from '../model/batch.ts';
import { plural } from '../plural.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { parseJson } from '../server/json/read-value.ts';
import type { PredictionValue } from '../service/codec.ts';
import { formatOfFile, type InputFormat, readRows } from '../service/rows/read-rows.ts';
import type { ParseJson, ReadRow } from '../service/rows/row.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { NO_TOLERANCES } from '../service/tolerance.ts';
import { readPredictions, unreadable } from './read-predictions.ts';
import { findRows } from './rows-file.ts';
import type { TestCase } from './test-cases.ts';

export interface RowsFiles {
  readonly file: string;
  readonly inputFormat?: InputFormat | undefined;
  /** Predictions, as `mlserve predict` writes them in JSON or NDJSON. */
  readonly expected?: string | undefined;
  /** Of one request, where the model takes several; a hundred when absent. */
  readonly rowsPerRequest?: number;
}

/** Rows of one request: findings name the first of them. */
const MOST_ROWS = 100;

/** Throws INPUT_INVALID for a row that cannot be read, and where there are not as many predictions as rows. */
export async function rowCases(
  { file, inputFormat, expected, rowsPerRequest = MOST_ROWS }: RowsFiles,
  { spec, model, signal }: { readonly spec: ServiceSpec; readonly model: ServedModel; readonly signal: AbortSignal },
  { files }: Pick<Io, 'files'>,
): Promise<readonly TestCase[]> {
  const parse: ParseJson = (text, onRounded) => parseJson(text, spec.limits.jsonDepth, onRounded);
  const reading = {
    ...{ features: model.features, parse, limits: { rowLength: spec.limits.bodyBytes } },
    format: inputFormat ?? formatOfFile(file),
  };
  const source = await findRows(file, files);
  const rows: ReadRow[] = [];
  for await (const row of readRows(source.chunks(signal), reading)) {
    if ('problems' in row) throw unreadable(`A row cannot be read: ${row.problems.join('; ')}.`, `${file}:${row.line}`);
    rows.push(row);
  }
  const wanted = expected === undefined ? undefined : await readPredictions(expected, files);
  if (wanted !== undefined && wanted.length !== rows.length) {
    throw unreadable(
      `There ${rows.length === 1 ? 'is' : 'are'} ${plural(rows.length, 'row')} and ${plural(wanted.length, 'expected prediction')}.`,
      expected ?? file,
    );
  }
  const size =
    batchDimension(model.signature) === 'any' ? Math.min(rowsPerRequest, model.spec.limits.rowsPerRequest) : 1;
  const cases: TestCase[] = [];
  for (let at = 0; at < rows.length; at += size) {
    const some = rows.slice(at, at + size);
    const [first, last] = [some[0]?.line ?? 1, some.at(-1)?.line ?? 1];
    const place = `${file}:${first}`;
    cases.push({
      name: first === last ? place : `${place}-${last}`,
      model,
      request: { instances: some.map(({ value }) => value as PredictionValue) },
      expected: wanted?.slice(at, at + size),
      tolerance: NO_TOLERANCES,
      places: { request: place, predictions: `${place}#`, file: expected },
    });
  }
  return cases;
}

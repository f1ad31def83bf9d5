/** `POST /invocations` of SageMaker: rows as JSON, or as CSV without a header → predictions as JSON, or as CSV where the client asks for it. */
import { batchDimension } from '../model/batch.ts';
import type { PredictionValue } from '../service/codec.ts';
import { featureEncoder } from '../service/rows/encode-rows.ts';
import { tensorEncoder } from '../service/rows/encode-tensors.ts';
import { type PlainCsvModel, readPlainCsv } from '../service/rows/read-plain-csv.ts';
import type { ReadRow } from '../service/rows/row.ts';
import { CsvError } from '../service/rows/split-csv.ts';
import { csvLine } from '../service/rows/write-csv.ts';
import { weightOf } from './content-coding.ts';
import type { ModelEntry } from './model-entry.ts';
import { readPredictBody } from './predict.ts';
import { answerPredictions, predictionsAnswer } from './predict-v1.ts';
import { Refusal } from './refusal.ts';
import { type RowBatch, rowLimit } from './row-batch.ts';
import { limitsOf } from './run-model.ts';
import type { Answer, Call, Service } from './service.ts';

const CSV_TYPE = 'text/csv';
const JSON_TYPE = 'application/json';
/** Bad rows told of in one answer. */
const SHOWN = 10;

export async function invocations(service: Service, call: Call): Promise<Answer> {
  const { headers, body } = call.request;
  const limits = limitsOf(service, call);
  const isCsv = headers['content-type']?.split(';')[0]?.trim().toLowerCase() === CSV_TYPE;
  const batch = isCsv
    ? readCsvBody(body, call.entry, limits.rowsPerRequest)
    : readPredictBody(body, call.entry, limits);
  return await answerPredictions(service, call, batch, wantsCsv(headers.accept) ? csvAnswer : predictionsAnswer);
}

/** Only where it is named: programs that take anything expect JSON. A weight below that of JSON, or of 0, is a no. */
function wantsCsv(accept: string | undefined): boolean {
  const weights = new Map<string, number>();
  for (const item of (accept ?? '').toLowerCase().split(',')) {
    const [name = '', ...parameters] = item.split(';');
    weights.set(name.trim(), weightOf(parameters));
  }
  const weight = weights.get(CSV_TYPE) ?? 0;
  return weight > 0 && weight >= (weights.get(JSON_TYPE) ?? 0);
}

function csvAnswer(predictions: readonly PredictionValue[]): Answer {
  return { status: 200, type: `${CSV_TYPE}; charset=utf-8`, body: predictions.map(csvLine).join('') };
}

/** Throws the 400 that says which rows are wrong, or what about the text. */
function readCsvBody(body: Uint8Array, { served }: ModelEntry, mostRows: number): RowBatch {
  const { features, signature } = served;
  const most = batchDimension(signature) === 'any' ? mostRows : 1;
  const rows = readCsv(decode(body), served, most);
  if (rows.length === 0) throw new Refusal(400, 'The body has no row.');
  rowLimit(batchDimension(signature), mostRows)(rows.length, '/instances');
  const { runs, bad } = (features === undefined ? tensorEncoder(signature) : featureEncoder(features))(rows);
  if (bad.size > 0) throw new Refusal(400, badRows(bad));
  const [run, ...others] = runs;
  if (run === undefined || others.length > 0) throw new Refusal(400, 'The rows have different numbers of cells.');
  return run;
}

function readCsv(text: string, model: PlainCsvModel, mostRows: number): readonly ReadRow[] {
  try {
    return readPlainCsv(text, model, mostRows);
  } catch (error) {
    if (error instanceof CsvError) throw new Refusal(400, `The body cannot be read as CSV: ${error.message}.`);
    throw error;
  }
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Refusal(400, 'The body is not UTF-8 text.');
  }
}

function badRows(bad: ReadonlyMap<number, readonly string[]>): string {
  const shown = [...bad].slice(0, SHOWN).map(([at, problems]) => `row ${at + 1}: ${problems.join(', ')}`);
  const rest = bad.size > SHOWN ? `; and ${bad.size - SHOWN} more` : '';
  return `${bad.size} of the rows ${bad.size === 1 ? 'does' : 'do'} not fit the model: ${shown.join('; ')}${rest}`;
}

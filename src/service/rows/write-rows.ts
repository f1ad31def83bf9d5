/** Predictions in batches → text in chunks: NDJSON, one JSON document, or CSV. */
import type { PredictionValue } from '../codec.ts';
import { csvWriter } from './write-csv.ts';
import { jsonText } from './write-json.ts';

export type RowFormat = 'ndjson' | 'json' | 'csv';

/** Turns predictions into text. `start` and `end` frame them, so that what was written is whole after any number of batches. */
export interface RowWriter {
  start(): string;
  write(predictions: readonly PredictionValue[]): string;
  /** `problem`, when the rows ended early, becomes a member of the JSON document. */
  end(problem?: PredictionValue): string;
}

export interface WriterOptions {
  readonly format: RowFormat;
  /** Which model answers: a member of the JSON document. */
  readonly model: PredictionValue;
  /** Names of the members of a prediction: the CSV header when no row was good. */
  readonly members: readonly string[];
}

export function rowWriter({ format, model, members }: WriterOptions): RowWriter {
  if (format === 'csv') return csvWriter(members);
  return format === 'json' ? jsonWriter(model) : ndjsonWriter();
}

function ndjsonWriter(): RowWriter {
  return {
    start: () => '',
    write: (predictions) => predictions.map((prediction) => `${jsonText(prediction)}\n`).join(''),
    end: () => '',
  };
}

function jsonWriter(model: PredictionValue): RowWriter {
  let isFirst = true;
  return {
    start: () => `{"model":${jsonText(model)},"predictions":[`,
    write: (predictions) => {
      let text = '';
      for (const prediction of predictions) {
        text += `${isFirst ? '' : ','}\n${jsonText(prediction)}`;
        isFirst = false;
      }
      return text;
    },
    end: (problem) => `\n]${problem === undefined ? '' : `,"error":${jsonText(problem)}`}}\n`,
  };
}

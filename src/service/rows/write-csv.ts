/** Predictions → CSV lines under a header: nested members become `score.fraud` or `score.0`. */
import type { PredictionValue } from '../codec.ts';
import { isList } from './write-json.ts';
import type { RowWriter } from './write-rows.ts';

/**
 * The first prediction that is there decides the columns. Rows without a prediction are empty cells. A later prediction with members
 * of its own (a model with outputs of varying length) has them left out; missing ones are empty.
 */
export function csvWriter(members: readonly string[]): RowWriter {
  let header: readonly string[] | undefined;
  /** Rows without a prediction that came before the header was known. */
  let waiting = 0;
  const emptyRow = (columns: readonly string[]): string => `${columns.map(() => '""').join(',')}\n`;
  const startWith = (columns: readonly string[]): string => {
    header = columns;
    return `${columns.map(quote).join(',')}\n${emptyRow(columns).repeat(waiting)}`;
  };
  const line = (prediction: PredictionValue): string => {
    if (prediction === null) {
      if (header !== undefined) return emptyRow(header);
      waiting++;
      return '';
    }
    const cells = new Map<string, string>();
    flatten('', prediction, cells);
    const begin = header === undefined ? startWith([...cells.keys()]) : '';
    return `${begin}${(header ?? []).map((name) => cells.get(name) ?? '').join(',')}\n`;
  };
  return {
    start: () => '',
    write: (predictions) => predictions.map(line).join(''),
    end: () => (header === undefined ? startWith(members) : ''),
  };
}

/** One prediction as a line of its values alone, for readers that know their order. */
export function csvLine(prediction: PredictionValue): string {
  const cells = new Map<string, string>();
  flatten('', prediction, cells);
  return `${[...cells.values()].join(',')}\n`;
}

function flatten(path: string, value: PredictionValue, cells: Map<string, string>): void {
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  if (value === null || typeof value !== 'object') cells.set(path === '' ? 'prediction' : path, cell(value));
  else if (isList(value)) {
    value.forEach((each, at) => {
      flatten(below(String(at)), each, cells);
    });
  } else for (const name of Object.keys(value)) flatten(below(name), value[name] ?? null, cells);
}

function cell(value: string | number | bigint | boolean | null): string {
  return value === null ? '' : quote(String(value));
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text;
}

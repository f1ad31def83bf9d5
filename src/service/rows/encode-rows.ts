/** Rows → model inputs, through a compiled feature codec; rows that break the contract are told apart. */
import type { Tensors } from '../../model/tensor.ts';
import { plural } from '../../plural.ts';
import { type FeatureCodec, type FeatureValue, NO_INTEGER, type RowEncoder, type Violation } from '../codec.ts';
import { isNamed, type ReadRow, type RowValue } from './row.ts';

/** Inputs of one call of the model. */
export interface EncodedRun {
  readonly inputs: Tensors;
  readonly rows: number;
}

export interface EncodedRows {
  /** The good rows, in order; more than one run where their shapes differ or the model takes one row a call. */
  readonly runs: readonly EncodedRun[];
  /** Problems of the bad rows, by index into the rows given. */
  readonly bad: ReadonlyMap<number, readonly string[]>;
}

export type EncodeRows = (rows: readonly ReadRow[]) => EncodedRows;

/** Encodes rows of named values, or of values in the order of the columns. */
export function featureEncoder(codec: FeatureCodec): EncodeRows {
  return (rows) => {
    const bad = new Map<number, readonly string[]>();
    const encoder = codec.encoder(rows.length);
    rows.forEach((row, at) => {
      const violations = setRow(encoder, codec, row);
      if (violations.length > 0) bad.set(at, violations.map(sentence));
    });
    if (bad.size === 0) return { runs: runsOf(encoder), bad };
    // A bad row has left its traces in the batch, so the good ones are written once more without it.
    const clean = codec.encoder(rows.length - bad.size);
    rows.forEach((row, at) => {
      if (!bad.has(at)) setRow(clean, codec, row);
    });
    return { runs: runsOf(clean), bad };
  };
}

function runsOf(encoder: RowEncoder): readonly EncodedRun[] {
  const { rows } = encoder;
  return rows === 0 ? [] : [{ inputs: encoder.finish(), rows }];
}

function setRow(encoder: RowEncoder, codec: FeatureCodec, { value, rounded }: ReadRow): readonly Violation[] {
  const violations: Violation[] = [];
  const set = (column: number, member: string | number, sent: RowValue): void => {
    const { name = '', type } = codec.columns[column] ?? {};
    const cell = rounded?.has(member) && type === 'integer' ? NO_INTEGER : sent;
    const violation = isCell(cell) ? encoder.set(column, cell) : notACell(name);
    if (violation !== undefined) violations.push(violation);
  };
  if (isNamed(value)) {
    for (const name of Object.keys(value)) {
      const column = codec.indexOf.get(name);
      if (column !== undefined) set(column, name, value[name] ?? null);
      else if (codec.onUnknownColumn === 'reject') {
        violations.push({ rule: 'unknown', column: name, expected: 'no such feature' });
      }
    }
  } else if (Array.isArray(value) && value.length === codec.columns.length) {
    value.forEach((cell: RowValue, column) => {
      set(column, column, cell);
    });
  } else {
    const expected = `an object of named features, or an array of ${plural(codec.columns.length, 'value')}`;
    return [...endRow(encoder, true), { rule: 'type', column: '', expected }];
  }
  return [...violations, ...endRow(encoder, violations.length > 0)];
}

/** Ends the row. After a violation the cell counts as missing too, which would be said twice. */
function endRow(encoder: RowEncoder, isBad: boolean): readonly Violation[] {
  const missing = encoder.endRow();
  return isBad ? [] : missing;
}

function isCell(value: RowValue): value is FeatureValue {
  return typeof value !== 'object' || value === null;
}

function notACell(column: string): Violation {
  return { rule: 'type', column, expected: 'a single value' };
}

function sentence({ column, rule, expected }: Violation): string {
  const subject = column === '' ? '' : `${JSON.stringify(column)}: `;
  return rule === 'unknown' ? `${subject}${expected}` : `${subject}expected ${expected} (${rule})`;
}

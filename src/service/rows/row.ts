/** Types of a row on its way from a file to a prediction: as read, as refused. */
import type { FeatureValue } from '../codec.ts';

/** A row as its file wrote it: named values, values in order, or (raw tensors) nested arrays. */
export type RowValue = FeatureValue | readonly RowValue[] | { readonly [name: string]: RowValue };

/** A row that could be read. */
export interface ReadRow {
  /** Line of the file on which it starts, from 1. */
  readonly line: number;
  readonly value: RowValue;
  /** Names or indices of members that are integers only because a double holds no more digits. */
  readonly rounded?: ReadonlySet<string | number>;
}

/** A row that could not be read or does not fit the model. Problems never carry the value. */
export interface BadRow {
  readonly line: number;
  readonly problems: readonly string[];
}

/** JSON text → value, integers beyond 2^53 as bigint; tells of rounded members. Throws on text that is not JSON. */
export type ParseJson = (text: string, onRounded: (member: string | number) => void) => RowValue;

export interface ReadLimits {
  /** Longest text of one row, in characters, so that a file without line ends cannot take all memory. */
  readonly rowLength: number;
}

/** Whether a value is an object with named members. */
export function isNamed(value: RowValue): value is { readonly [name: string]: RowValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

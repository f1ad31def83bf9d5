/** Types of the compiled path between named features and tensors; `compile-features.ts` and `compile-outputs.ts` make them. */
import type { Tensor, Tensors } from '../model/tensor.ts';
import type { FeatureColumn, OutputSpec } from './spec.ts';

/** A scalar as a request or a CSV cell carries it. bigint only for integers beyond 2^53. */
export type FeatureValue = number | bigint | string | boolean | null;

/** What an integer column is given for a number that only looks like an integer once a double holds it. */
export const NO_INTEGER = 0.5;

/** One way a row breaks the contract. Never carries the value that was sent. */
export interface Violation {
  /** Stable name of the broken rule: `type`, `min`, `max`, `values`, `pattern`, `maxLength`, `missing`, `unknown`. */
  readonly rule: string;
  /** Name of the column, or of the unknown member. */
  readonly column: string;
  /** What would have been right: `a number of at most 130`. */
  readonly expected: string;
}

/** Writes rows straight into tensors. Not reusable: one encoder makes one batch. */
export interface RowEncoder {
  /**
   * Sets a column of the current row. After a violation the row is only good for its report, and `endRow` does not report the
   * cell again.
   */
  set(column: number, value: FeatureValue): Violation | undefined;
  /** Ends the row: applies `onMissing` to unset columns and returns what is still missing. */
  endRow(): readonly Violation[];
  readonly rows: number;
  /** The model's inputs, first dimension `rows`; bad rows are among them. */
  finish(): Tensors;
}

export interface FeatureCodec {
  readonly columns: readonly FeatureColumn[];
  /** Index into `columns` by name. */
  readonly indexOf: ReadonlyMap<string, number>;
  readonly onUnknownColumn: 'reject' | 'ignore';
  /** `capacity` is a hint of the number of rows; the encoder grows past it. */
  encoder(capacity: number): RowEncoder;
}

/** A prediction as JSON writes it. bigint for 64-bit integers; non-finite numbers are the writer's concern. */
export type PredictionValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | readonly PredictionValue[]
  | { readonly [name: string]: PredictionValue };

export interface OutputCodec {
  /** Names of the model outputs to compute. */
  readonly wanted: readonly string[];
  readonly members: readonly OutputSpec[];
  /** One prediction a row: an object from output name to value. */
  decode(outputs: ReadonlyMap<string, Tensor>, rows: number): readonly PredictionValue[];
}

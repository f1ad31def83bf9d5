/** Types of rows on their way into a model, and the bound on their number. */
import type { BatchDimension } from '../model/batch.ts';
import type { Tensors } from '../model/tensor.ts';
import { Refusal } from './refusal.ts';

export interface RowBatch {
  readonly inputs: Tensors;
  readonly rows: number;
}

/** Throws the 422 when a request has reached more rows than the model may take. */
export type RowLimit = (rows: number, pointer: '/instances' | '/inputs') => void;

/** `most`: `limits.rowsPerRequest`. A model without an open batch dimension takes one row a request. */
export function rowLimit(batch: BatchDimension | undefined, most: number): RowLimit {
  const limit = batch === 'any' ? most : 1;
  const expected =
    batch === 'any'
      ? `at most ${most} ${most === 1 ? 'row' : 'rows'} (limits.rowsPerRequest)`
      : 'one row: the model has no open batch dimension';
  return (rows, pointer) => {
    if (rows <= limit) return;
    throw new Refusal(422, `The request has more rows than the limit: ${expected}.`, {
      violations: [{ pointer, rule: 'maxRows', expected }],
      total: 1,
    });
  };
}

/** A model input and the number of columns that go to it → how rows lie in its tensor, or why they cannot. */
import type { BatchDimension } from '../model/batch.ts';
import { isServable, type ServableType } from '../model/element-type.ts';
import type { TensorValue } from '../model/signature.ts';

export interface InputLayout {
  readonly type: ServableType;
  /** Elements of one row: as many columns as the input takes. */
  readonly width: number;
  /** Dims of the tensor for a number of rows. */
  dims(rows: number): readonly number[];
}

/**
 * Columns fit `[N, C]`, `[N, 1]` and `[N]`; without a batch dimension also `[C]`, `[1, C]` and a scalar, as one row.
 * An open last dimension takes as many columns as the service gives. Anything else gives the reason as text.
 */
export function inputLayout(
  input: TensorValue,
  columns: number,
  batch: BatchDimension | undefined,
): InputLayout | string {
  const { elementType, shape } = input;
  if (!isServable(elementType)) return `its element type ${elementType} cannot be served`;
  const type = elementType;
  if (shape === null) {
    return { type, width: columns, dims: (rows) => [rows, columns] };
  }
  const last = shape.at(-1);
  const width = typeof last === 'number' ? last : columns;
  if (batch !== undefined) {
    if (shape.length === 1) return { type, width: 1, dims: (rows) => [rows] };
    if (shape.length === 2) return { type, width, dims: (rows) => [rows, width] };
  } else {
    if (shape.length === 0) return { type, width: 1, dims: () => [] };
    if (shape.length === 1) return { type, width, dims: () => [width] };
    const first = shape[0];
    if (shape.length === 2 && (typeof first !== 'number' || first === 1))
      return { type, width, dims: () => [1, width] };
  }
  return `columns fit an input of one or two dimensions whose first counts rows, and it is ${describeShape(shape)}`;
}

function describeShape(shape: readonly unknown[]): string {
  return `[${shape.map((dimension) => dimension ?? '?').join(', ')}]`;
}

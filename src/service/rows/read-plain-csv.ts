/** CSV without a header line, as SageMaker sends it → rows of values in the order of the columns, for one model. */
import { isServable, type ServableType } from '../../model/element-type.ts';
import { type Signature, tensorsOf } from '../../model/signature.ts';
import { plural } from '../../plural.ts';
import type { FeatureCodec } from '../codec.ts';
import { isFloat } from '../element.ts';
import { type CellType, readCell } from './read-cell.ts';
import { cellTypeOf } from './read-rows.ts';
import type { ReadRow, RowValue } from './row.ts';
import { CsvError, splitCsv } from './split-csv.ts';

export interface PlainCsvModel {
  readonly features: FeatureCodec | undefined;
  readonly signature: Signature;
}

interface RowReader {
  /** Most cells of a row; undefined where the model leaves that open. */
  readonly width: number | undefined;
  readonly read: (cells: readonly string[]) => RowValue;
}

/**
 * Empty cells are missing values. Reads one row more than `mostRows`, so that the caller sees that there are too many. Throws `CsvError`
 * where the text is no CSV, or cells cannot mean the inputs of the model.
 */
export function readPlainCsv(text: string, model: PlainCsvModel, mostRows: number): readonly ReadRow[] {
  const { width, read } = rowReader(model);
  const rows: ReadRow[] = [];
  for (const cells of splitCsv(text)) {
    const line = rows.length + 1;
    if (width !== undefined && cells.length > width) {
      throw new CsvError(`record ${line} has ${plural(cells.length, 'cell')}, and the model takes ${width}`);
    }
    rows.push({ line, value: read(cells) });
    if (rows.length > mostRows) break;
  }
  return rows;
}

/** With features the cells are the columns in their order; without, a row of the only input. */
function rowReader({ features, signature }: PlainCsvModel): RowReader {
  if (features !== undefined) {
    const types = features.columns.map(({ type }) => cellTypeOf(type));
    const read = (cells: readonly string[]) => cells.map((cell, at) => readCell(cell, types[at] ?? 'text') ?? null);
    return { width: types.length, read };
  }
  const [input, ...others] = tensorsOf(signature.inputs);
  if (input === undefined || others.length > 0 || (input.shape?.length ?? 2) > 2) {
    throw new CsvError(
      'cells mean features, or the values of one input with at most two dimensions, which this model has not',
    );
  }
  const type = isServable(input.elementType) ? cellTypeFor(input.elementType) : 'text';
  const isOneCell = input.shape !== null && input.shape.length < 2;
  const last = isOneCell ? 1 : input.shape?.at(-1);
  return {
    width: typeof last === 'number' ? last : undefined,
    read: (cells) => {
      // An empty text is a text here: without features no value is missing.
      const values = cells.map((cell) => readCell(cell, type) ?? (type === 'text' ? cell : null));
      return isOneCell ? (values[0] ?? null) : values;
    },
  };
}

function cellTypeFor(type: ServableType): CellType {
  if (type === 'string') return 'text';
  if (type === 'bool') return 'boolean';
  return isFloat(type) ? 'number' : 'integer';
}

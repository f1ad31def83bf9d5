/** CSV with a header line → rows of named values. Streamed with back-pressure; a row with too few or too many cells is a bad row. */
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { MlserveError } from '../../errors.ts';
import { plural } from '../../plural.ts';
import type { FeatureValue } from '../codec.ts';
import { countLines, decodeText } from './decode-text.ts';
import { type CellType, readCell } from './read-cell.ts';
import type { BadRow, ReadLimits, ReadRow } from './row.ts';

export interface CsvColumns {
  readonly types: ReadonlyMap<string, CellType>;
  /** Columns without which no row can be right; their absence from the header is one error, not one a row. */
  readonly required: readonly string[];
  /** Columns of the file that the model does not know: refuse the file, or pass over them. */
  readonly onUnknown: 'reject' | 'ignore';
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  columns: CsvColumns,
  limits: ReadLimits,
): AsyncGenerator<ReadRow | BadRow> {
  const parser = parse({
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: limits.rowLength,
  });
  const source = Readable.from(decodeText(chunks));
  source.once('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let header: readonly string[] | undefined;
  try {
    for await (const item of parser) {
      const { record, info } = item as CsvRecord;
      if (header === undefined) {
        header = record;
        checkHeader(header, columns);
      } else {
        // csv-parse counts the line on which a record ends; line feeds inside its cells lead back to its first.
        const line = info.lines - record.reduce((sum, cell) => sum + countLines(cell), 0);
        yield record.length === header.length
          ? { line, value: namedCells(record, header, columns) }
          : { line, problems: [`${plural(record.length, 'cell')} where the header has ${header.length}`] };
      }
    }
  } catch (error) {
    throw csvError(error);
  } finally {
    source.destroy();
  }
  if (header === undefined) throw headerError('The CSV input is empty.');
}

function namedCells(
  record: readonly string[],
  header: readonly string[],
  columns: CsvColumns,
): Readonly<Record<string, FeatureValue>> {
  const row: Record<string, FeatureValue> = Object.create(null);
  for (let at = 0; at < header.length; at++) {
    const name = header[at] ?? '';
    const type = columns.types.get(name);
    const value = type === undefined ? undefined : readCell(record[at] ?? '', type);
    if (value !== undefined) row[name] = value;
  }
  return row;
}

function checkHeader(header: readonly string[], columns: CsvColumns): void {
  const twice = header.find((name, at) => header.indexOf(name) !== at);
  if (twice !== undefined) throw headerError(`The CSV header names the column ${JSON.stringify(twice)} twice.`);
  const missing = columns.required.filter((name) => !header.includes(name));
  if (missing.length > 0) throw headerError(`The CSV header lacks ${quoteAll(missing)}.`);
  const unknown = header.filter((name) => !columns.types.has(name));
  if (unknown.length > 0 && columns.onUnknown === 'reject') {
    throw headerError(`The CSV header has columns that the model does not take: ${quoteAll(unknown)}.`);
  }
}

const quoteAll = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ');

function headerError(message: string): MlserveError {
  return new MlserveError('INPUT_INVALID', message, {
    where: 'line 1',
    hint: 'the first line names the features, separated by commas; "mlserve config" lists them',
  });
}

function csvError(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const lines = 'lines' in error && typeof error.lines === 'number' ? { where: `line ${error.lines}` } : {};
  // The parser's message quotes the text it met, so only its kind is passed on.
  const kind = String(error.code).replace(/^CSV_/, '').toLowerCase().replaceAll('_', ' ');
  return new MlserveError('INPUT_INVALID', `The CSV input cannot be read: ${kind}.`, {
    ...lines,
    hint: 'cells with a comma, quote or line end stand in double quotes, and quotes inside them are doubled',
  });
}

/** Predictions as text in chunks → standard output or a file; a failure on the way says how far it got. */
import { MlserveError } from '../errors.ts';
import type { Issue } from '../issue.ts';
import type { Io } from '../ports.ts';
import { formatError } from '../render-error.ts';
import type { BadRow } from '../service/rows/row.ts';
import type { Tally } from '../service/rows/tally.ts';
import type { RowWriter } from '../service/rows/write-rows.ts';
import type { PredictionDocument } from './prediction-document.ts';
import { plural } from './text-table.ts';

export interface Destination {
  /** A path, or standard output. */
  readonly out: string | undefined;
  readonly format: 'ndjson' | 'json' | 'csv';
  readonly writer: RowWriter;
  readonly tally: Tally;
}

/**
 * A file appears whole or not at all. What was printed stays printed: a JSON document is closed with a member `error`, and the
 * failure is returned as a finding, for it must not be printed there a second time; of any other format it is thrown.
 */
export async function writePredictions(
  chunks: AsyncIterable<string>,
  { out, format, writer, tally }: Destination,
  { files, terminal }: Pick<Io, 'files' | 'terminal'>,
): Promise<readonly Issue[]> {
  try {
    if (out !== undefined) await files.writeChunks(out, chunks);
    else for await (const chunk of chunks) if (chunk !== '') await terminal.out(chunk);
    return [];
  } catch (error) {
    if (!(error instanceof MlserveError) || error.code !== 'INPUT_INVALID') throw error;
    const failure = withProgress(error, tally, out);
    if (format !== 'json' || out !== undefined) throw failure;
    const { code, message, where = '', hint } = failure;
    const problem = { code, message, where, hint: hint ?? null } satisfies PredictionDocument['error'];
    await terminal.out(writer.end(problem));
    terminal.error(formatError(failure));
    const issue: Issue = { rule: 'predict.row', severity: 'error', where, message };
    return [hint === undefined ? issue : { ...issue, hint }];
  }
}

function withProgress(error: MlserveError, { rows, bad }: Tally, out: string | undefined): MlserveError {
  const { where, hint, cause } = error;
  const done = out === undefined ? `${plural(rows - bad, 'prediction')} written before it.` : `${out} was not written.`;
  return new MlserveError(error.code, `${error.message} ${done}`, {
    ...(where === undefined ? {} : { where }),
    ...(hint === undefined ? {} : { hint }),
    cause: cause ?? error,
  });
}

/** Bad rows listed one by one; beyond these they are only counted. */
const LISTED = 20;

/** The reporter of bad rows that are passed over. */
export function badRowReport(terminal: Io['terminal']): (bad: BadRow) => void {
  let count = 0;
  return ({ line, problems }) => {
    count++;
    if (count <= LISTED) terminal.warn(`line ${line}: ${problems.join('; ')}`);
    if (count === LISTED) terminal.warn('further bad rows are counted, not listed');
  };
}

/** Predictions as text in chunks → standard output or a file; a failure on the way says how far it got. */
import { type ErrorDetail, MlserveError } from '../errors.ts';
import { plural } from '../plural.ts';
import type { Io } from '../ports.ts';
import type { Tally } from '../service/rows/tally.ts';
import type { RowWriter } from '../service/rows/write-rows.ts';
import type { PredictionDocument } from './prediction-document.ts';

export interface Destination {
  /** A path, or standard output. */
  readonly out: string | undefined;
  readonly format: 'ndjson' | 'json' | 'csv';
  readonly writer: RowWriter;
  readonly tally: Tally;
}

export interface PredictionSink {
  /** A file appears whole or not at all; what was printed stays printed. */
  write(chunks: AsyncIterable<string>): Promise<void>;
  /** Why it ended early × what has been written → what is to be thrown. A JSON document that was begun is closed with a member `error`. */
  fail(error: unknown): Promise<unknown>;
}

export function predictionSink(
  { out, format, writer, tally }: Destination,
  { files, terminal }: Pick<Io, 'files' | 'terminal'>,
): PredictionSink {
  let hasBegun = false;
  let hasFailed = false;
  return {
    async write(chunks) {
      if (out !== undefined) return await files.writeChunks(out, chunks);
      for await (const chunk of chunks) {
        // Work that was interrupted ends behind the document.
        if (hasFailed) return;
        hasBegun ||= chunk !== '';
        if (chunk !== '') await terminal.out(chunk);
      }
    },
    async fail(error) {
      hasFailed = true;
      if (!(error instanceof MlserveError)) return error;
      const failure = error.code === 'INPUT_INVALID' ? withProgress(error, tally, out) : error;
      if (format !== 'json' || !hasBegun) return failure;
      const { code, message, where, hint } = failure;
      const problem = { code, message, where: where ?? '', hint: hint ?? null } satisfies PredictionDocument['error'];
      const isPrinted = await terminal.out(writer.end(problem)).then(
        () => true,
        () => false,
      );
      return detailed(failure, message, { isPrinted });
    },
  };
}

function withProgress(error: MlserveError, { rows, bad }: Tally, out: string | undefined): MlserveError {
  const done = out === undefined ? `${plural(rows - bad, 'prediction')} written before it.` : `${out} was not written.`;
  return detailed(error, `${error.message} ${done}`, {});
}

function detailed(error: MlserveError, message: string, more: Pick<ErrorDetail, 'isPrinted'>): MlserveError {
  const { code, where, hint, issues, cause } = error;
  return new MlserveError(code, message, {
    ...(where === undefined ? {} : { where }),
    ...(hint === undefined ? {} : { hint }),
    ...more,
    issues,
    cause: cause ?? error,
  });
}

/** Rows × an encoder, a model and a decoder → predictions in the order of the rows, in batches, with constant memory. */
import { MlserveError } from '../../errors.ts';
import type { Tensors } from '../../model/tensor.ts';
import type { OutputCodec, PredictionValue } from '../codec.ts';
import type { EncodedRun, EncodeRows } from './encode-rows.ts';
import type { BadRow, ReadRow } from './row.ts';

export interface ScoreOptions {
  readonly encode: EncodeRows;
  /** One call of the model. Rejects when the model fails on these rows. */
  readonly infer: (run: EncodedRun, outputs: readonly string[]) => Promise<Tensors>;
  readonly outputs: OutputCodec;
  readonly batchRows: number;
  /** Batches in work at once; the next are not read before one of them is done. */
  readonly inFlight: number;
  /** What a bad row does: end everything, leave no prediction, or leave `null` in its place. */
  readonly onError: 'fail' | 'skip' | 'null';
  readonly report: (bad: BadRow) => void;
}

/** Predictions of some rows, in order. */
export interface ScoredBatch {
  /** Rows read, the bad ones included. */
  readonly read: number;
  readonly bad: number;
  readonly predictions: readonly PredictionValue[];
}

/**
 * Yields the predictions of all good rows. What was read before a failure to read on is answered first. Rows may still be awaited when
 * it ends early: the caller ends their source. With `onError: 'fail'` those before the first bad row are yielded, then INPUT_INVALID is
 * thrown.
 */
export async function* scoreRows(
  rows: AsyncIterable<ReadRow | BadRow>,
  options: ScoreOptions,
): AsyncGenerator<ScoredBatch> {
  const next = reader(batches(rows, options));
  const working: Promise<Outcome>[] = [];
  let reading: Promise<Read> | undefined;
  for (;;) {
    const hasRoom = working.length < options.inFlight;
    if (hasRoom) reading ??= next();
    const [first] = working;
    // Whatever comes first: an answer is passed on even while the next rows are long in coming.
    const ready = await Promise.race([...(first ? [first] : []), ...(hasRoom && reading ? [reading] : [])]);
    if ('results' in ready) {
      working.shift();
      yield* settle(ready, options);
    } else if ('batch' in ready) {
      reading = undefined;
      const work = scoreBatch(ready.batch, options);
      // Its error is thrown when its turn comes; until then it is not an unhandled one.
      work.catch(() => {});
      working.push(work);
    } else {
      for (const work of working) yield* settle(await work, options);
      if (ready.failure !== undefined) throw ready.failure;
      return;
    }
  }
}

type Rows = readonly (ReadRow | BadRow)[];
/** The next rows, or the end: of the input, or by a failure to read on. */
type Read = { readonly batch: Rows } | { readonly failure: unknown };

function reader(source: AsyncIterator<Rows>): () => Promise<Read> {
  return () =>
    source.next().then(
      (next) => (next.done ? { failure: undefined } : { batch: next.value }),
      (failure: unknown) => ({ failure }),
    );
}

interface Outcome {
  /** In row order: a prediction, or the bad row that has none. */
  readonly results: readonly ({ readonly prediction: PredictionValue } | { readonly bad: BadRow })[];
}

function* settle({ results }: Outcome, { onError, report }: ScoreOptions): Generator<ScoredBatch> {
  const predictions: PredictionValue[] = [];
  let bad = 0;
  for (const result of results) {
    if ('prediction' in result) {
      predictions.push(result.prediction);
      continue;
    }
    if (onError === 'fail') {
      if (predictions.length > 0) yield { read: predictions.length, bad: 0, predictions };
      throw badRowError(result.bad);
    }
    bad++;
    report(result.bad);
    if (onError === 'null') predictions.push(null);
  }
  yield { read: results.length, bad, predictions };
}

function badRowError({ line, problems }: BadRow): MlserveError {
  return new MlserveError('INPUT_INVALID', `A row does not fit the model: ${problems.join('; ')}.`, {
    where: `line ${line}`,
    hint: 'correct the row, or go on past bad rows with --on-error skip or --on-error null',
  });
}

async function* batches(
  rows: AsyncIterable<ReadRow | BadRow>,
  { batchRows, onError }: ScoreOptions,
): AsyncGenerator<readonly (ReadRow | BadRow)[]> {
  let batch: (ReadRow | BadRow)[] = [];
  try {
    for await (const row of rows) {
      batch.push(row);
      const ends = onError === 'fail' && 'problems' in row;
      if (batch.length < batchRows && !ends) continue;
      const full = batch;
      batch = [];
      yield full;
      if (ends) return;
    }
  } catch (error) {
    if (batch.length > 0) yield batch;
    throw error;
  }
  if (batch.length > 0) yield batch;
}

async function scoreBatch(batch: readonly (ReadRow | BadRow)[], options: ScoreOptions): Promise<Outcome> {
  const good = batch.filter((row): row is ReadRow => !('problems' in row));
  const { runs, bad } = options.encode(good);
  const fitting = good.filter((_, at) => !bad.has(at));
  const answers = new Map<ReadRow, PredictionValue>();
  const failures = new Map<ReadRow, readonly string[]>();
  let at = 0;
  for (const run of runs) {
    const rowsOfRun = fitting.slice(at, at + run.rows);
    at += run.rows;
    await answer(rowsOfRun, run, options, answers, failures);
  }
  const problemsOf = new Map([...bad].map(([index, problems]) => [good[index], problems]));
  return {
    results: batch.map((row) => {
      if ('problems' in row) return { bad: row };
      const problems = problemsOf.get(row) ?? failures.get(row);
      return problems === undefined ? { prediction: answers.get(row) ?? null } : { bad: { line: row.line, problems } };
    }),
  };
}

/** Runs some rows together; when the model fails on them, one by one, so that only the row it cannot take is bad. */
async function answer(
  rows: readonly ReadRow[],
  run: EncodedRun,
  options: ScoreOptions,
  answers: Map<ReadRow, PredictionValue>,
  failures: Map<ReadRow, readonly string[]>,
): Promise<void> {
  const { infer, outputs, encode } = options;
  try {
    const predictions = outputs.decode(await infer(run, outputs.wanted), run.rows);
    rows.forEach((row, at) => {
      answers.set(row, predictions[at] ?? null);
    });
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    const [only] = rows;
    if (rows.length === 1 && only !== undefined) failures.set(only, ['the model failed on this row']);
    else {
      for (const row of rows) {
        const [single] = encode([row]).runs;
        if (single !== undefined) await answer([row], single, options, answers, failures);
      }
    }
  }
}

/** The model failed on the rows it was given; `infer` rejects with this for what one row may be the cause of. */
export class RunError extends Error {
  override readonly name = 'RunError';
}

/** Scored batches × a writer → text in chunks, counting what goes by. */
import type { ScoredBatch } from './score-rows.ts';
import type { RowWriter } from './write-rows.ts';

export interface Tally {
  /** Rows read. */
  rows: number;
  /** Those without a prediction. */
  bad: number;
}

/** `tally` is kept up to date as the chunks are taken; `onBatch` is called after each batch. */
export async function* writeScored(
  batches: AsyncIterable<ScoredBatch>,
  writer: RowWriter,
  { tally, onBatch }: { readonly tally: Tally; readonly onBatch: () => void },
): AsyncGenerator<string> {
  yield writer.start();
  for await (const { read, bad, predictions } of batches) {
    tally.rows += read;
    tally.bad += bad;
    onBatch();
    yield writer.write(predictions);
  }
  yield writer.end();
}

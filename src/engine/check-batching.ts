/** Session × signature → how many rows of different requests may share a run, found by running made-up rows together and alone. */
import { batchDimension } from '../model/batch.ts';
import { type SampleOptions, sampleInputs } from '../model/sample-input.ts';
import type { Signature } from '../model/signature.ts';
import type { Tensors } from '../model/tensor.ts';
import { type Variety, varyRows } from '../model/varied-input.ts';
import { plural } from '../plural.ts';
import type { Session, SessionRun } from '../ports.ts';
import type { Batching } from './engine.ts';
import { isSameBits, rowComparison } from './row-tolerance.ts';
import { copyRows, haveRows, sliceRows, stackRows } from './stack-rows.ts';
import { LEAST_GAIN, largestBatch } from './warm-up.ts';

export interface CheckOptions {
  /** The bound of the service. */
  readonly maxRows: number;
  /** Sizes that ran in the warm-up; undefined when none did. */
  readonly sample: SampleOptions | undefined;
  /** False where it is known that a row takes as long in a batch as alone, and nothing else speaks for batches. */
  readonly gains: boolean;
  /** Time in which 99 of 100 answers are wanted: a batch may take a third of it. */
  readonly p99Ms: number;
}

/** The rows that are run alone take about this together, the largest batch at most twice as much: a start must not take minutes. */
const BUDGET_MS = 500;
/** Of the wanted time: a request may come just after a batch began, and wait for the next one, which is its own. */
const BATCH_SHARE = 1 / 3;
/** A batch that takes this long grows only where its rows become cheaper by it (`LEAST_GAIN`): the way to a worker and back is no reason any more. */
const LONG_MS = 5;
/** Rows of the largest batch that are also run alone. */
const MOST_ALONE = 16;
/** A second row may cost this many times the first, and this many milliseconds: where it would double the work, an answer of other last digits is the lesser evil. */
const MOST_COST = 1.2;
const CHEAP_MS = 0.05;
/** Tried in turn: an index or a word may be out of range where zero and the empty string are not. */
const VARIETIES: readonly Variety[] = [{ discrete: true }, { discrete: false }];

/**
 * Runs 1, 2 and many rows that differ from one another. Rows may share a run when every output has one row for each input row, and each of
 * them is what the row gives alone (`MOST_ULPS`). Where that is not so bit for bit, but is when the row runs twice, `doubles` is set. What cannot be
 * tried is not batched. Never rejects.
 */
export async function checkBatching(session: Session, signature: Signature, options: CheckOptions): Promise<Batching> {
  const { maxRows, sample, gains, p99Ms } = options;
  if (batchDimension(signature) !== 'any') return alone('the model has no open batch dimension');
  if (maxRows === 1) return alone('batching.maxRows is 1');
  if (sample === undefined) return alone('no made-up input runs, so it is not known what the model does with rows');
  if (!gains) return alone('a row takes as long in one as alone');
  let failure = '';
  for (const variety of VARIETIES) {
    const rowsOf = (rows: number): Tensors => varyRows(sampleInputs(signature, { ...sample, rows }), variety);
    try {
      return await compare(session, rowsOf, { most: largestBatch(signature, maxRows, sample), p99Ms });
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
  }
  return alone(`made-up rows do not run together: ${failure}`);
}

async function compare(
  session: Session,
  rowsOf: (rows: number) => Tensors,
  { most, p99Ms }: { readonly most: number; readonly p99Ms: number },
): Promise<Batching> {
  if (most < 2) return alone('one row is too large to put another beside it');
  const two = rowsOf(2);
  if (!haveSameWidth(two, rowsOf(1))) return alone('another dimension than the first depends on the number of rows');
  // A run takes buffers away, so each gets its own.
  const run: Run = (rows) => session.run(copyRows(rows), session.outputNames);
  const single = await run(sliceRows(two, 0, 1));
  const pair = await run(two);
  const problem = shapeProblem(single.outputs, 1) ?? shapeProblem(pair.outputs, 2);
  if (problem !== undefined) return alone(problem);

  const longestMs = Math.min(BUDGET_MS * 2, p99Ms * BATCH_SHARE);
  const largest = await largestUseful(run, rowsOf, { ...pair, inputs: two, rows: 2 }, { most, longestMs });
  const { rows, inputs, outputs, runMs } = largest;
  const largeProblem = shapeProblem(outputs, rows);
  if (largeProblem !== undefined) return alone(largeProblem);
  const count = Math.max(2, Math.min(rows, MOST_ALONE, Math.floor(BUDGET_MS / single.runMs)));
  const sampled = spread(count, rows);
  const differing = rowComparison(outputs);
  let isExact = true;
  for (const row of sampled) {
    const own = await run(sliceRows(inputs, row, row + 1));
    const output = differing(row, own.outputs);
    if (output !== undefined) return alone(`output '${output}' of a row depends on the rows it is run with`);
    isExact &&= isSameBits(outputs, row, own.outputs);
  }
  const isDouble = !isExact && (await agreesDoubled(run, inputs, outputs, sampled));
  return { maxRows: rows, reason: undefined, doubles: isDouble, runMs };
}

/** A size of batches with what a run of it gave. */
interface Trial extends SessionRun {
  readonly inputs: Tensors;
  readonly rows: number;
}

/**
 * Twice the rows, and twice as many again, as long as such a run fits into `longestMs`, up to `most`. A run that is long already has to gain by it: where a row
 * costs the same in a larger batch, a larger batch only makes the first row wait for the last.
 */
async function largestUseful(
  run: Run,
  rowsOf: (rows: number) => Tensors,
  from: Trial,
  { most, longestMs }: { readonly most: number; readonly longestMs: number },
): Promise<Trial> {
  if (from.rows === most || from.runMs * 2 > longestMs) return from;
  const rows = Math.min(most, from.rows * 2);
  const inputs = rowsOf(rows);
  const larger: Trial = { ...(await run(inputs)), inputs, rows };
  const gain = from.runMs / from.rows / (larger.runMs / rows);
  return from.runMs >= LONG_MS && gain < LEAST_GAIN ? from : largestUseful(run, rowsOf, larger, { most, longestMs });
}

/** Whether a row that runs twice is bit for bit what it is in the batch, at little cost. */
async function agreesDoubled(
  run: Run,
  inputs: Tensors,
  outputs: Tensors,
  sampled: readonly number[],
): Promise<boolean> {
  let [singleMs, doubleMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const row of sampled) {
    const one = sliceRows(inputs, row, row + 1);
    singleMs = Math.min(singleMs, (await run(one)).runMs);
    const twice = await run(stackRows([one, one]));
    doubleMs = Math.min(doubleMs, twice.runMs);
    if (!isSameBits(outputs, row, sliceRows(twice.outputs, 0, 1))) return false;
  }
  return doubleMs <= singleMs * MOST_COST + CHEAP_MS;
}

type Run = (rows: Tensors) => Promise<SessionRun>;

function alone(reason: string): Batching {
  return { maxRows: 1, reason, doubles: false, runMs: undefined };
}

function shapeProblem(outputs: Tensors, rows: number): string | undefined {
  for (const [name, output] of outputs) {
    if (!haveRows(new Map([[name, output]]), rows)) {
      return `output '${name}' has shape [${output.dims.join(', ')}] for ${plural(rows, 'row')}`;
    }
  }
  return undefined;
}

function haveSameWidth(one: Tensors, other: Tensors): boolean {
  return [...one].every(([name, { dims }]) => {
    const rest = other.get(name)?.dims ?? [];
    return dims.length === rest.length && dims.every((dim, at) => at === 0 || dim === rest[at]);
  });
}

/** `count` ≥ 2 different numbers from 0 to `rows` - 1, both ends among them. */
function spread(count: number, rows: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => Math.round((at * (rows - 1)) / (count - 1)));
}

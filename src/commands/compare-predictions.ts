/** Two projects of one model each × rows → how the predictions of the one moved from those of the other. */
import { type Movement, tallyMovement } from '../compare/movement.ts';
import { MlserveError } from '../errors.ts';
import { plural } from '../plural.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import type { PredictionValue } from '../service/codec.ts';
import { exactMembers } from '../service/exact-members.ts';
import type { InputFormat } from '../service/rows/read-rows.ts';
import type { InProcess } from './in-process.ts';
import type { Target } from './open-target.ts';
import { predictRows } from './predict-rows.ts';
import type { RowsFile } from './rows-file.ts';
import { startInProcess } from './start-in-process.ts';

export interface Comparison {
  readonly was: Target;
  readonly is: Target;
  readonly rows: () => Promise<RowsFile>;
  readonly inputFormat: InputFormat | undefined;
  readonly signal: AbortSignal;
}

/** Both models are loaded at once. Throws MODEL_INVALID, INPUT_INVALID, and what reading rows does. */
export async function comparePredictions(comparison: Comparison, io: Io): Promise<Movement> {
  // What is compared need not be locked: it may be work that is not done.
  const start = (target: Target): Promise<InProcess> =>
    startInProcess({ ...target, lock: undefined }, io, { frozen: false });
  const was = await start(comparison.was);
  try {
    const is = await start(comparison.is);
    try {
      return await tally(comparison, was, is);
    } finally {
      await is.close();
    }
  } finally {
    await was.close();
  }
}

async function tally(comparison: Comparison, was: InProcess, is: InProcess): Promise<Movement> {
  const [old, now] = [answers(comparison, comparison.was, was), answers(comparison, comparison.is, is)];
  const movement = tallyMovement(new Set([...exactOf(was), ...exactOf(is)]));
  for await (const prediction of await old) {
    const other = await (await now).next();
    movement.add(prediction, other.value ?? null);
  }
  const result = movement.finish();
  if (result.compared > 0) return result;
  throw new MlserveError('INPUT_INVALID', 'no row fits both models, so there are no predictions to compare', {
    where: plural(result.rows, 'row'),
    hint: 'run "mlserve predict" on the rows with each of the models to see what is wrong with them',
  });
}

/** One prediction a row, null where there is none. */
async function answers(
  { rows, inputFormat, signal }: Comparison,
  { spec }: Target,
  { engine, models }: InProcess,
): Promise<AsyncGenerator<PredictionValue>> {
  const file = await rows();
  const scoring = { spec, engine, model: models[0] as ServedModel };
  const batches = predictRows(scoring, { file, inputFormat, onError: 'null', report: () => {}, signal });
  return (async function* () {
    for await (const { predictions } of batches) yield* predictions;
  })();
}

function exactOf({ models: [model] }: InProcess): ReadonlySet<string> {
  return model === undefined ? new Set() : exactMembers(model.outputs.members, model.signature);
}

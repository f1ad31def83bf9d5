/** Two opened sides × rows and limits → how predictions moved, and which limits that exceeds. */
import { checkMovement, type MovementLimits } from '../compare/check-movement.ts';
import type { SideDifference } from '../compare/compare-sides.ts';
import type { Movement } from '../compare/movement.ts';
import { MlserveError } from '../errors.ts';
import type { Issue } from '../issue.ts';
import type { Io } from '../ports.ts';
import type { InputFormat } from '../service/rows/read-rows.ts';
import { chooseModel } from './choose-model.ts';
import { comparePredictions } from './compare-predictions.ts';
import { rowsOfExamples, rowsOfFile } from './diff-rows.ts';
import type { OpenSide } from './open-side.ts';
import type { Target } from './open-target.ts';

export interface MoveOptions extends MovementLimits {
  /** A file of rows, as `mlserve predict` reads it. */
  readonly rows?: string | undefined;
  readonly inputFormat?: InputFormat | undefined;
  /** The rows of the golden examples of the new project. */
  readonly examples: boolean;
}

export interface Moved {
  /** Null where no rows were given. */
  readonly predictions: Movement | null;
  readonly issues: readonly Issue[];
}

/** The models are those of the first pair. Throws USAGE for limits without rows and for images. */
export async function movePredictions(
  options: MoveOptions,
  [was, is, { models }]: readonly [OpenSide, OpenSide, SideDifference],
  { io, signal }: { readonly io: Io; readonly signal: AbortSignal },
): Promise<Moved> {
  const { rows, inputFormat, examples, tolerance, maxChangedLabels, minRankCorrelation } = options;
  if (rows === undefined && !examples) return { predictions: null, issues: [] };
  const [pair] = models;
  if (pair === undefined)
    throw new MlserveError('USAGE', 'the sides have no model in common to run', { where: '--model' });
  const [old, now] = [onlyOne(was, pair.was), onlyOne(is, pair.is)];
  const read = rows === undefined ? await rowsOfExamples(now, io) : await rowsOfFile(rows, io);
  const targets = { was: withPromises(old, now), is: withPromises(now, old) };
  const predictions = await comparePredictions({ ...targets, rows: read, inputFormat, signal }, io);
  return { predictions, issues: checkMovement(predictions, { tolerance, maxChangedLabels, minRankCorrelation }) };
}

function onlyOne(
  { target, side }: OpenSide,
  model: { readonly name: string; readonly version: string | null },
): Target {
  if (target === undefined) {
    throw new MlserveError('USAGE', 'an image is compared by its labels, and its model is not run', {
      where: side.given,
      hint: 'name the project, file or commit that the image was built from, to compare predictions',
    });
  }
  return target.isBare ? target : chooseModel(target, `${model.name}@${model.version}`);
}

/** A bare file is run with the features and outputs of the project beside it, so that the same rows and names fit. */
function withPromises(target: Target, other: Target): Target {
  const [model] = other.spec.models;
  if (!target.isBare || other.isBare || model === undefined) return target;
  const { features, outputs } = model;
  return {
    ...target,
    spec: { ...target.spec, models: target.spec.models.map((each) => ({ ...each, features, outputs })) },
  };
}

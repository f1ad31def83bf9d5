/** Running models × a file of rows → predictions as text in chunks, and a tally of them. */

import { type Engine, InferError } from '../engine/engine.ts';
import { MlserveError } from '../errors.ts';
import { batchDimension } from '../model/batch.ts';
import type { ServedModel } from '../server/contract.ts';
import { parseJson } from '../server/json/read-value.ts';
import { type EncodedRun, featureEncoder } from '../service/rows/encode-rows.ts';
import { tensorEncoder } from '../service/rows/encode-tensors.ts';
import { formatOfFile, type InputFormat, readRows } from '../service/rows/read-rows.ts';
import type { BadRow, ParseJson } from '../service/rows/row.ts';
import { RunError, type ScoredBatch, scoreRows } from '../service/rows/score-rows.ts';
import type { ServiceSpec } from '../service/spec.ts';
import type { RowsFile } from './rows-file.ts';

export interface RowsOptions {
  readonly file: RowsFile;
  /** By the name of the file, then by its first characters, where absent. */
  readonly inputFormat?: InputFormat | undefined;
  readonly batch?: number | undefined;
  readonly onError: 'fail' | 'skip' | 'null';
  readonly report: (bad: BadRow) => void;
  readonly signal: AbortSignal;
}

export interface Scoring {
  readonly spec: ServiceSpec;
  readonly engine: Engine;
  readonly model: ServedModel;
}

export function predictRows({ spec, engine, model }: Scoring, options: RowsOptions): AsyncGenerator<ScoredBatch> {
  const { file, inputFormat = formatOfFile(file.path), signal, onError, report } = options;
  const { features, outputs, signature } = model;
  const { bodyBytes } = spec.limits;
  const { batching, engine: settings } = model.spec;
  const queueRows = engine.status(model.key)?.queueLimit ?? 1;
  const isBatched = batchDimension(signature) === 'any';
  const parse: ParseJson = (text, onRounded) => parseJson(text, spec.limits.jsonDepth, onRounded);
  const reading = { format: inputFormat, features, parse, limits: { rowLength: bodyBytes } };
  const rows = readRows(file.chunks(signal), reading);
  return scoreRows(rows, {
    encode: features === undefined ? tensorEncoder(signature) : featureEncoder(features),
    infer: (run, wanted) => infer(engine, model, { run, wanted, signal }),
    outputs,
    // A row of a model that takes one at a time is a batch of its own; more than the queue holds would be refused.
    batchRows: isBatched ? Math.min(options.batch ?? batching.maxRows, queueRows) : 1,
    // One batch more than can run, so that the next is encoded meanwhile.
    inFlight: settings.instances + 1,
    onError,
    report,
  });
}

interface InferCall {
  readonly run: EncodedRun;
  readonly wanted: readonly string[];
  readonly signal: AbortSignal;
}

async function infer(engine: Engine, { key, spec }: ServedModel, { run, wanted, signal }: InferCall) {
  try {
    return (await engine.infer({ model: key, ...run, outputs: wanted, signal, alone: true })).outputs;
  } catch (error) {
    if (!(error instanceof InferError)) throw error;
    if (error.failure === 'runtime-failed') throw new RunError(error.message, { cause: error });
    if (error.failure === 'cancelled') throw new MlserveError('INTERRUPTED', 'stopped', { cause: error });
    throw new MlserveError('MODEL_INVALID', `the model "${spec.name}" stopped answering: ${error.message}`, {
      hint: 'run "mlserve validate" for what is known about it',
      cause: error,
    });
  }
}

/** `mlserve predict`: a file of rows × a project → predictions on standard output or in a file. */
import { plural } from '../plural.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import type { InputFormat } from '../service/rows/read-rows.ts';
import { type Tally, writeScored } from '../service/rows/tally.ts';
import { type RowFormat, rowWriter } from '../service/rows/write-rows.ts';
import { badRowReport } from './bad-row-report.ts';
import { chooseModel } from './choose-model.ts';
import { interruptible } from './interruptible.ts';
import { openTarget } from './open-target.ts';
import { predictRows } from './predict-rows.ts';
import type { PredictionDocument } from './prediction-document.ts';
import { findRows } from './rows-file.ts';
import { startInProcess } from './start-in-process.ts';
import { predictionSink } from './write-predictions.ts';

export interface PredictOptions {
  /** A path relative to `io.cwd`, or `-` for standard input. */
  readonly file: string;
  /** A project folder or a model file. */
  readonly project: string;
  readonly model?: string | undefined;
  readonly inputFormat?: InputFormat | undefined;
  readonly format: RowFormat;
  readonly out?: string | undefined;
  readonly batch?: number | undefined;
  readonly onError: 'fail' | 'skip' | 'null';
}

export interface PredictResult extends Tally {
  readonly model: PredictionDocument['model'];
}

/** Writes as it goes; the result counts the rows. Throws INPUT_INVALID at a row that does not fit. */
export async function predict(options: PredictOptions, io: Io): Promise<PredictResult> {
  const { out, format } = options;
  const project = chooseModel(await openTarget(options.project, {}, io), options.model);
  const file = await findRows(options.file, io.files);
  const { engine, models, close } = await startInProcess(project, io, { frozen: false });
  const model = models[0] as ServedModel;
  const { name, version } = model.spec;
  const identity = { name, version, digest: model.fingerprint.model };
  const tally: Tally = { rows: 0, bad: 0 };
  const members = model.outputs.members.map((member) => member.name);
  const writer = rowWriter({ format, model: identity, members });
  const sink = predictionSink({ out, format, writer, tally }, io);
  const bar = io.terminal.progress('scoring');
  try {
    await interruptible(io, async (signal) => {
      const report = badRowReport(io.terminal);
      const onBatch = (): void => bar.update(file.read(), file.size, plural(tally.rows, 'row'));
      const batches = predictRows({ spec: project.spec, engine, model }, { ...options, file, report, signal });
      await sink.write(writeScored(batches, writer, { tally, onBatch }));
    });
    bar.end();
    io.terminal.info(summary(tally, out));
    return { model: identity, ...tally };
  } catch (error) {
    bar.end();
    throw await sink.fail(error);
  } finally {
    await close();
  }
}

function summary({ rows, bad }: Tally, out: string | undefined): string {
  return `${plural(rows, 'row')}${bad > 0 ? `, ${bad} without a prediction` : ''}${out === undefined ? '' : `, written to ${out}`}`;
}

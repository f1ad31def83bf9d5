/** `mlserve measure`: a locked project → what each of its models costs, in the measurements of its lock. */
import { join } from 'node:path';
import { MlserveError } from '../errors.ts';
import type { Issue } from '../issue.ts';
import { withMeasurements } from '../lock/keep-measurements.ts';
import { formatLock, LOCK_FILE } from '../lock/lockfile.ts';
import type { Measurement } from '../lock/measurement.ts';
import type { Io } from '../ports.ts';
import { chooseModel } from './choose-model.ts';
import { measureDuration } from './measure-duration.ts';
import { measureOne } from './measure-one.ts';
import { openProject, readLock } from './project.ts';
import { requireSameFiles } from './same-files.ts';
import { loadServedModels } from './served-models.ts';

export interface MeasureOptions {
  readonly project: string;
  /** All of them when absent. */
  readonly model?: string | undefined;
  /** As a setting is written: `10s`. */
  readonly duration?: string | undefined;
  /** Measure, and do not write. */
  readonly dryRun: boolean;
}

export interface MeasureResult {
  /** The lock, relative to the project folder. */
  readonly path: string;
  readonly status: 'updated' | 'planned';
  /** Of the models that were measured now. */
  readonly measurements: readonly Measurement[];
  readonly issues: readonly Issue[];
}

/** Throws LOCK_MISSING, LOCK_MISMATCH, MODEL_INVALID for a model that does not load or run. */
export async function measure(
  { project: dir, model, duration, dryRun }: MeasureOptions,
  io: Io,
): Promise<MeasureResult> {
  const durationMs = measureDuration(duration);
  const project = await openProject(dir, {}, io);
  const chosen = model === undefined ? project : chooseModel(project, model);
  const { models, current, stamps } = await loadServedModels(chosen, io, { frozen: true });
  const measurements: Measurement[] = [];
  const issues: Issue[] = [];
  for (const each of models) {
    const found = await measureOne(project, { model: each, lock: current, durationMs }, io);
    measurements.push(found.measurement);
    issues.push(...found.issues);
  }
  await requireSameFiles([...stamps.values()].flat(), io.files);
  const result = { path: LOCK_FILE, measurements, issues };
  if (dryRun) return { ...result, status: 'planned' };
  // Read again: minutes may have passed, and what somebody has locked meanwhile stays.
  const lock = await readLock(project.dir, io);
  if (lock === undefined) throw new MlserveError('LOCK_MISSING', `${LOCK_FILE} was removed meanwhile`, { where: dir });
  const next = withMeasurements(lock, [...measurements, ...(lock.measurements ?? [])]);
  await io.files.writeAtomic(join(project.dir, LOCK_FILE), formatLock(next));
  return { ...result, status: 'updated' };
}

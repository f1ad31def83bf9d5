/** Measurements × a lock → those that are of its models and its runtime, and findings about the others. */
import type { Issue } from '../issue.ts';
import type { Lock, LockedModel } from './lock.ts';
import { LOCK_FILE } from './lockfile.ts';
import { type Measurement, withoutMeasurements } from './measurement.ts';

/** The lock with what was measured of its own models and runtime, in the order of the models; the rest of `measurements` is left out. */
export function withMeasurements(lock: Lock, measurements: readonly Measurement[]): Lock {
  const own = lock.models.flatMap((model) => {
    const ofModel = measurements.filter((each) => isOf(each, model) && each.runtime === lock.runtime.version);
    // The same bytes under a new version are as fast as before.
    const isAlone = lock.models.filter((each) => each.name === model.name).length === 1;
    const found = ofModel.find(({ version }) => version === model.version) ?? (isAlone ? ofModel[0] : undefined);
    return found === undefined ? [] : [{ ...found, version: model.version }];
  });
  return own.length === 0 ? withoutMeasurements(lock) : { ...lock, measurements: own };
}

/** One finding for each of `measurements` that says nothing of what the lock records. */
export function lostMeasurements(
  { measurements: kept = [] }: Lock,
  measurements: readonly Measurement[],
): readonly Issue[] {
  return measurements
    .filter((each) => !kept.some(({ name, measuredAt }) => name === each.name && measuredAt === each.measuredAt))
    .map(({ name, version }) => ({
      rule: 'lock.measurement',
      severity: 'info',
      where: LOCK_FILE,
      message: `what was measured of "${name}" ${version} is left out: the model or the runtime is another now`,
      hint: 'run "mlserve measure" to measure again',
    }));
}

function isOf({ name, digest }: Measurement, model: LockedModel): boolean {
  return name === model.name && digest === model.digests.model;
}

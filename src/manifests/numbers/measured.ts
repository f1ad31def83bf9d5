/** A service × its lock → each of its models with what was measured of it, or the reason why nothing that was measured counts. */
import type { Measurement } from '../../lock/measurement.ts';
import { modelsOf, type PairedModel, type ServiceFacts } from '../deployment-facts.ts';
import { threadsInPod } from '../pod-threads.ts';

export interface MeasuredModel extends PairedModel {
  /** Of these bytes, this runtime and these settings. */
  readonly measurement: Measurement | undefined;
  /** For people: "not measured". Empty where there is a measurement. */
  readonly why: string;
  /** There is one, which does not count. */
  readonly isPassedOver: boolean;
}

type Facts = Pick<ServiceFacts, 'spec' | 'lock'>;

/** In the order of the spec. */
export function measuredModels(facts: Facts): readonly MeasuredModel[] {
  return modelsOf(facts).map((model) => {
    const found = find(facts, model);
    const reason = found === undefined ? 'not measured' : otherSettings(facts, model, found);
    const counts = reason === '';
    const isPassedOver = found !== undefined && !counts;
    return { ...model, measurement: counts ? found : undefined, why: reason, isPassedOver };
  });
}

function find({ lock }: Facts, { locked }: PairedModel): Measurement | undefined {
  return lock.measurements?.find(
    ({ name, version, digest, runtime }) =>
      name === locked.name &&
      version === locked.version &&
      digest === locked.digests.model &&
      runtime === lock.runtime.version,
  );
}

function otherSettings({ spec }: Facts, model: PairedModel, { settings, engine }: Measurement): string {
  const { mode, instances, threads } = model.spec.engine;
  const rows: readonly (readonly [path: string, was: number | string, is: number | string])[] = [
    ['engine.mode', settings.mode, mode],
    ['engine.instances', settings.instances, instances],
    ['engine.threads', settings.threads, threads],
    ['batching.maxRows', settings.maxRows, model.spec.batching.maxRows],
    ['threads of a session', engine.threads, threadsInPod(spec, model.spec)],
  ];
  const changed = rows.find(([, was, is]) => was !== is);
  return changed === undefined ? '' : `measured with other settings (${changed[0]}: ${changed[1]}, now ${changed[2]})`;
}

/** Bytes of the model and its data. */
export function fileBytes({ files }: PairedModel['locked']): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Of several models, which one a figure is of; nothing where there is one alone. */
export function nameOf({ spec }: PairedModel, all: readonly PairedModel[]): string {
  if (all.length === 1) return '';
  const isOne = all.filter((each) => each.spec.name === spec.name).length === 1;
  return isOne ? `${spec.name} ` : `${spec.name}@${spec.version} `;
}

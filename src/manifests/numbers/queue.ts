/** A service × what was measured of its models → how many rows may wait for them in a pod, for people: the server sets the bound itself. */
import type { Measurement } from '../../lock/measurement.ts';
import { queueBound } from '../../service/queue-bound.ts';
import type { DeploymentFacts } from '../deployment-facts.ts';
import { type MeasuredModel, measuredModels, nameOf } from './measured.ts';

/** Each model with its bound and how it comes about. */
export function queueText(facts: DeploymentFacts): string {
  const models = measuredModels(facts);
  return models.map((model) => `${nameOf(model, models)}${oneQueue(model)}`).join('; ');
}

function oneQueue(model: MeasuredModel): string {
  const { spec, measurement } = model;
  const { limits, slo } = spec;
  if (limits.queueRows > 0) return `${limits.queueRows} rows (limits.queueRows)`;
  const byServer = 'set by each pod from slo.p99Ms and its own warm-up';
  if (measurement === undefined || measurement.latency.length === 0) return byServer;
  const { batchRows } = measurement.engine;
  return `${measuredBound(model)} rows by the measurement (slo.p99Ms ${slo.p99Ms} ms, ${batchRows} rows in ${batchTime(measurement)} ms, ${runsAtOnce(model)} at a time), ${byServer}`;
}

/** Rows that are answered within slo.p99Ms; undefined where nothing was measured. */
export function measuredBound(model: MeasuredModel): number | undefined {
  const { spec, measurement } = model;
  if (measurement === undefined || measurement.latency.length === 0) return undefined;
  const { batchRows } = measurement.engine;
  const given = { p99Ms: spec.slo.p99Ms, batchRows, batchMs: batchTime(measurement), instances: runsAtOnce(model) };
  return queueBound(given);
}

/** Inline there is one session, whatever the setting. */
export function runsAtOnce({ spec, measurement }: MeasuredModel): number {
  return measurement?.engine.mode === 'inline' ? 1 : (measurement?.settings.instances ?? spec.engine.instances);
}

/** Milliseconds of a full batch, by the measured number of rows that is nearest to it. */
function batchTime({ latency, engine: { batchRows } }: Measurement): number | undefined {
  const near = latency.findLast(({ rows }) => rows <= batchRows) ?? latency[0];
  return near && Number(((near.p50Ms * batchRows) / near.rows).toPrecision(3));
}

/** One model of a project → its measurement, or the error that says why there is none. */
import type { Measured } from '../engine/measured.ts';
import type { Issue } from '../issue.ts';
import type { Lock } from '../lock/lock.ts';
import type { Measurement } from '../lock/measurement.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { measureFailure, measureIssues } from './measure-findings.ts';
import { measureRequest } from './measure-request.ts';
import type { Project } from './project.ts';

export interface ModelToMeasure {
  readonly model: ServedModel;
  /** Records the model as it is on disk. */
  readonly lock: Lock;
  readonly durationMs: number;
}

export interface MeasuredOne {
  readonly measurement: Measurement;
  readonly issues: readonly Issue[];
}

/** Throws MODEL_INVALID. `project` has all its models: they share the processors of a pod. */
export async function measureOne(
  project: Project,
  { model, lock, durationMs }: ModelToMeasure,
  io: Io,
): Promise<MeasuredOne> {
  const { name, version, path, engine, batching } = model.spec;
  const locked = lock.models.find((each) => each.name === name && each.version === version);
  if (locked === undefined) throw new Error(`the lock does not hold ${name} ${version}`);
  const request = await measureRequest(project, { model, locked, durationMs }, io);
  const result = await io.terminal.step(`measuring ${name} ${version}`, () => io.measurer.measure(request));
  if (result.status !== 'ok') throw measureFailure(path, name, result);
  const { mode, instances, threads } = engine;
  const measurement: Measurement = {
    ...{ name, version, digest: locked.digests.model, runtime: lock.runtime.version },
    measuredAt: new Date(io.clock.now()).toISOString(),
    machine: { cpu: result.cpu, cpus: await io.cpus(), platform: result.platform },
    settings: { mode, instances, threads, maxRows: batching.maxRows },
    ...rounded(result.measured),
  };
  return { measurement, issues: measureIssues(path, measurement, result.refusal) };
}

/** More digits than three no machine gives twice. */
function rounded({ load, latency, saturation, waitedShare, ...rest }: Measured): Measured {
  const round = (value: number): number => Number(value.toPrecision(3));
  return {
    ...rest,
    waitedShare: round(waitedShare),
    load: { sessionMs: round(load.sessionMs), readyMs: round(load.readyMs) },
    latency: latency.map((each) => ({ ...each, p50Ms: round(each.p50Ms), p99Ms: round(each.p99Ms) })),
    saturation: saturation && {
      ...{ rowsPerSecond: round(saturation.rowsPerSecond), cores: round(saturation.cores) },
    },
  };
}

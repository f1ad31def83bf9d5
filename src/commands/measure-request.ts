/** A model of a project → the order to measure it: as a pod would run it, on its golden examples, within limits. */
import { join } from 'node:path';
import type { MeasureRequest } from '../engine/measured.ts';
import type { LockedModel } from '../lock/lock.ts';
import { threadsInPod } from '../manifests/pod-threads.ts';
import { declaredLoadLimits, defaultLoadLimits } from '../model/load-limits.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { exampleInputs } from './example-inputs.ts';
import { knownLabels } from './known-labels.ts';
import type { Project } from './project.ts';

/** The runs take as long as they are told to, and slow models twice that; a run that does not end is ended by the engine. */
const RUNNING = 3;

export interface RequestParts {
  readonly model: ServedModel;
  readonly locked: LockedModel;
  readonly durationMs: number;
}

/** `project` has all its models: they share the processors of a pod. */
export async function measureRequest(
  { dir, spec }: Project,
  { model, locked, durationMs }: RequestParts,
  io: Io,
): Promise<MeasureRequest> {
  const { key, signature, isQuick = false, spec: own } = model;
  const path = join(dir, own.path);
  const { engine, batching, slo, limits } = own;
  const bytes = locked.files.reduce((sum, file) => sum + file.bytes, 0);
  const load = { ...defaultLoadLimits(bytes), ...declaredLoadLimits(spec.limits) };
  // Each session, and one more: in mode auto a model is tried in a worker, and loaded again beside it.
  const loads = engine.instances + 1;
  return {
    model: {
      ...{ key, name: own.name, version: own.version, path, signature, isQuick },
      settings: { engine: { ...engine, threads: threadsInPod(spec, own) }, batching, slo, limits },
    },
    durationMs,
    examples: await exampleInputs(dir, spec, model, io),
    known: await knownLabels(path, spec, own, io.files),
    timeoutMs: loads * load.timeoutMs + RUNNING * durationMs + limits.runTimeoutMs,
    memoryBytes: loads * load.memoryBytes,
  };
}

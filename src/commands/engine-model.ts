/** A model that was read and identified → what the engine loads, held to the files that were hashed. */
import { join } from 'node:path';
import type { EngineModel } from '../engine/engine.ts';
import type { Files, Log, Runtime } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { checkedRuntime, type ModelStamps } from './same-files.ts';

export interface EngineModelParts {
  /** Absolute path of the project. */
  readonly dir: string;
  readonly stamps: ModelStamps;
  readonly runtime: Runtime;
  readonly files: Files;
  readonly log: Log;
}

export function engineModel(model: ServedModel, parts: EngineModelParts): EngineModel {
  const { key, spec, signature, fingerprint, isQuick = false } = model;
  const { name, version, path, engine, batching, slo, limits } = spec;
  return {
    key,
    name,
    version,
    path: join(parts.dir, path),
    signature,
    isQuick,
    settings: { engine, batching, slo, limits },
    runtime: checkedRuntime(parts.runtime, parts.stamps.get(key) ?? [], parts.files),
    log: parts.log.child({ model: name, version, digest: fingerprint.model }),
  };
}

/** Liveness, readiness and metadata over gRPC: what the V2 routes say, as messages. */
import type { Engine } from '../../engine/engine.ts';
import { describeModel, describeServer } from '../metadata-v2.ts';
import { findModel } from '../model-table.ts';
import type { Service } from '../service.ts';
import type { Attempt } from './attempt.ts';

/** `ModelReadyRequest`, `ModelMetadataRequest`, `ModelConfigRequest`, `ModelStatisticsRequest`. */
export interface ModelName {
  readonly name: string;
  readonly version: string;
}

export function serverLive(): object {
  return { live: true };
}

export function serverReady({ engine, isDraining }: Service): object {
  return { ready: engine.isReady() && !isDraining() };
}

/** Clients ask after they have unloaded a model, and take an error for a failure: a model that is not here is not ready, no more. */
export function modelReady({ engine, models, isDraining }: Service, { call }: Attempt): object {
  const { name, version } = call.decode() as ModelName;
  const entry = findModel(models(), name, version === '' ? undefined : version);
  return { ready: entry !== undefined && isReady(engine, entry.key) && !isDraining() };
}

export function serverMetadata(service: Service): object {
  return describeServer(service);
}

/** `properties` have no place here: dialects of the protocol disagree about their type. */
export function modelMetadata(service: Service, attempt: Attempt): object {
  const { name, version } = attempt.call.decode() as ModelName;
  return describeModel(service, attempt.address(service.models(), name, version));
}

function isReady(engine: Engine, key: string): boolean {
  return engine.status(key)?.state === 'ready';
}

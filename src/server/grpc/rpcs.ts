/** The one table of gRPC calls: full name → function. `docs/protocol.md` lists the same. */
import type { Scope } from '../auth/api-keys.ts';
import type { Service } from '../service.ts';
import type { Attempt } from './attempt.ts';
import { modelConfig, modelStatistics } from './describe.ts';
import { healthCheck } from './health-check.ts';
import { infer } from './infer.ts';
import { modelMetadata, modelReady, serverLive, serverMetadata, serverReady } from './metadata.ts';
import { index, load, unload } from './repository.ts';

export interface Rpc {
  /** Service and method; also what logs and metrics call the route. */
  readonly path: string;
  /** The message that answers a message. Throws why there is none. */
  readonly run: (service: Service, attempt: Attempt) => object | Promise<object>;
  /** Whether it runs a model. */
  readonly infers: boolean;
  /** What a key must be good for, where keys are asked for; `open`: anybody may know. */
  readonly scope: Scope | 'open';
}

const INFERENCE = 'inference.GRPCInferenceService';
export const MODEL_STREAM_INFER = `${INFERENCE}/ModelStreamInfer`;

const inference = (method: string, run: Rpc['run'], scope: Rpc['scope']): Rpc => ({
  ...{ path: `${INFERENCE}/${method}`, run, infers: run === infer, scope },
});

/** Each with one reply to one message. */
export const RPCS: readonly Rpc[] = [
  inference('ServerLive', serverLive, 'open'),
  inference('ServerReady', serverReady, 'open'),
  inference('ModelReady', modelReady, 'open'),
  inference('ServerMetadata', serverMetadata, 'infer'),
  inference('ModelMetadata', modelMetadata, 'infer'),
  inference('ModelInfer', infer, 'infer'),
  inference('ModelStreamInfer', infer, 'infer'),
  inference('ModelConfig', modelConfig, 'infer'),
  inference('ModelStatistics', modelStatistics, 'infer'),
  inference('RepositoryIndex', index, 'infer'),
  inference('RepositoryModelLoad', load, 'admin'),
  inference('RepositoryModelUnload', unload, 'admin'),
  { path: 'grpc.health.v1.Health/Check', run: healthCheck, infers: false, scope: 'open' },
];

/** These go on without being asked again, so the transport answers them; anybody may ask. */
export const HEALTH_WATCH = 'grpc.health.v1.Health/Watch';
/** Two names of the same messages. */
export const REFLECTIONS = [
  'grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  'grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
];

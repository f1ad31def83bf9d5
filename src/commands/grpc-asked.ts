/** A gRPC service × the models it should have → a way to ask it as if it took `/predict`: rows are made tensors here, and tensors predictions. */
import { InferError } from '../engine/engine.ts';
import { SILENT_LOG } from '../engine/silent-log.ts';
import type { GrpcAnswer, Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { grpcStatusWithCode } from '../server/grpc/codes.ts';
import type { InferResponse } from '../server/grpc/infer-response.ts';
import { createHandler } from '../server/handler.ts';
import type { ServiceSpec } from '../service/spec.ts';
import type { Asked } from './ask-predict.ts';
import { inferMessage, readTensors } from './grpc-messages.ts';
import { standInEngine } from './stand-in-engine.ts';
import type { RemoteOptions } from './test-target.ts';

const INFER = 'inference.GRPCInferenceService/ModelInfer';

export interface GrpcService {
  /** `grpc://host:8081`, `grpcs://…`. */
  readonly url: string;
  readonly spec: ServiceSpec;
  readonly models: readonly ServedModel[];
}

export function grpcAsked(
  { url, spec, models }: GrpcService,
  options: RemoteOptions,
  io: Pick<Io, 'grpc' | 'clock'>,
): Asked {
  const { apiKey, ...limits } = options;
  const metadata: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  let answer: GrpcAnswer | undefined;
  let failure: unknown;
  const engine = standInEngine(models, async (request) => {
    const model = models.find(({ key }) => key === request.model) as ServedModel;
    answer = await io.grpc
      .ask({ url, path: INFER, message: inferMessage(model, request), metadata, ...limits })
      .catch((error: unknown) => {
        failure = error;
        throw new InferError('cancelled', 'nobody answered');
      });
    if (answer.message === undefined) throw new InferError('cancelled', answer.details);
    return readTensors(model, answer.message as InferResponse);
  });
  const handler = createHandler({ spec, models, engine, clock: io.clock, log: SILENT_LOG, runtime: '' });
  return {
    async handle(request) {
      answer = undefined;
      failure = undefined;
      const { status, body } = await handler.handle(request);
      if (failure !== undefined) throw failure;
      // Rows that do not fit reach nobody, here as there.
      if (answer === undefined) return { status, headers: {}, body };
      const { code, details, metadata: headers } = answer as GrpcAnswer;
      if (code === 0) return { status, headers, body };
      const { status: alike, name } = grpcStatusWithCode(code);
      return { status: alike, headers, body: JSON.stringify({ detail: `gRPC status ${code} (${name}): ${details}` }) };
    },
  };
}

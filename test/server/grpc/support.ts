/** A gRPC handler over fake models, and calls to it as one function each; messages are written and read by proto-loader. */
import type { GrpcCall, GrpcHandler, Signature } from '../../../src/server/grpc/contract.ts';
import { createGrpcHandler } from '../../../src/server/grpc/grpc-handler.ts';
import { Refusal } from '../../../src/server/refusal.ts';
import { grpcMessages } from '../../support/grpc-messages.ts';
import { type HandlerUnderTest, handlerOf } from '../support.ts';

const INFERENCE = 'inference.GRPCInferenceService';

export interface AnsweredCall {
  readonly code: number;
  readonly details: string;
  /** Decoded; undefined when there is none. */
  readonly message: Record<string, unknown> | undefined;
  readonly bytes: Uint8Array | undefined;
  /** What the transport was told to sign the reply with. */
  readonly signature: Signature | undefined;
}

export interface GrpcUnderTest extends HandlerUnderTest {
  readonly grpc: GrpcHandler;
  /** `message`: to be encoded, or the bytes as they are. `method`: of the inference service, or with its service. */
  call(method: string, message: object | Uint8Array, more?: Partial<GrpcCall>): Promise<AnsweredCall>;
}

export function grpcOf(...options: Parameters<typeof handlerOf>): GrpcUnderTest {
  const under = handlerOf(...options);
  const grpc = createGrpcHandler(under.handler.service);
  return {
    ...under,
    grpc,
    async call(method, message, more = {}) {
      const path = method.includes('/') ? method : `${INFERENCE}/${method}`;
      const definition = grpcMessages(path);
      const bytes = message instanceof Uint8Array ? message : definition.writeRequest(message);
      let signature: Signature | undefined;
      const reply = await grpc.answer({
        path,
        headers: {},
        requestId: 'r-1',
        peer: { address: '127.0.0.1', certificate: 'none' },
        keyName: undefined,
        bytes,
        decode: () => {
          try {
            return definition.readRequest(bytes);
          } catch {
            throw new Refusal(400, 'not the message');
          }
        },
        encode: definition.writeReply,
        signal: { aborted: false },
        timeoutMs: undefined,
        sign: (told) => {
          signature = told;
        },
        ...more,
      });
      const { code, details } = reply;
      const decoded = reply.bytes && (definition.readReply(reply.bytes) as Record<string, unknown>);
      return { code, details, message: decoded, bytes: reply.bytes, signature };
    },
  };
}

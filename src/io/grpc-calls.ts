/** The table of calls × a gRPC server → each call registered. Messages in and out are bytes; what they mean is the handler's business. */
import type { Buffer } from 'node:buffer';
import type { Server, ServerDuplexStream, ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';
import type { GrpcHandler } from '../server/grpc/contract.ts';
import { reflection } from '../server/grpc/reflection.ts';
import { HEALTH_WATCH, MODEL_STREAM_INFER, REFLECTIONS, RPCS } from '../server/grpc/rpcs.ts';
import type { CallDefinition, Definitions } from './grpc-definitions.ts';
import { reflect, streamInfer, watchHealth } from './grpc-long-calls.ts';
import { answer } from './grpc-messages.ts';
import type { GrpcStreams } from './grpc-streams.ts';

export interface CallsParts {
  readonly handler: GrpcHandler;
  readonly definitions: Definitions;
  readonly streams: GrpcStreams;
}

type Unary = ServerUnaryCall<Buffer, Buffer>;
type Duplex = ServerDuplexStream<Buffer, Buffer>;
type Writable = ServerWritableStream<Buffer, Buffer>;

const asIs = (bytes: Buffer): Buffer => bytes;

export function registerCalls(server: Server, { handler, definitions, streams }: CallsParts): void {
  const definitionOf = (path: string): CallDefinition => {
    const found = definitions.calls.get(path);
    if (found === undefined) throw new Error(`schema/grpc does not define ${path}`);
    return found;
  };
  const long = <C extends Unary | Duplex | Writable>(definition: CallDefinition, call: C) => ({
    ...{ handler, definition, call, stream: streams.of(call.metadata) },
  });
  for (const { path } of RPCS.filter((rpc) => rpc.path !== MODEL_STREAM_INFER)) {
    const definition = definitionOf(path);
    const run = (call: Unary, reply: sendUnaryData<Buffer>): void => {
      const stream = streams.of(call.metadata);
      void answer({ handler, definition, stream, call }, call.request).then(({ code, details, bytes }) => {
        if (code === 0) reply(null, bytes as Buffer);
        else reply({ code, details });
      });
    };
    server.register(`/${path}`, run, asIs, asIs, 'unary');
  }
  const infer = definitionOf(MODEL_STREAM_INFER);
  server.register(`/${MODEL_STREAM_INFER}`, (call: Duplex) => streamInfer(long(infer, call)), asIs, asIs, 'bidi');
  const watch = definitionOf(HEALTH_WATCH);
  server.register(`/${HEALTH_WATCH}`, (call: Writable) => watchHealth(long(watch, call)), asIs, asIs, 'serverStream');
  const [newest = ''] = REFLECTIONS;
  const question = definitionOf(newest);
  const answerTo = reflection(definitions.files);
  for (const path of REFLECTIONS) {
    server.register(`/${path}`, (call: Duplex) => reflect(long(question, call), answerTo), asIs, asIs, 'bidi');
  }
}

/** A message of a call × its stream → the handler's reply; the bytes are counted for as long as they are worked on. */
import type { Buffer } from 'node:buffer';
import type { ServerDuplexStream, ServerUnaryCall } from '@grpc/grpc-js';
import type { GrpcHandler, GrpcReply } from '../server/grpc/contract.ts';
import { Refusal } from '../server/refusal.ts';
import type { CallDefinition } from './grpc-definitions.ts';
import type { GrpcStream } from './grpc-stream.ts';

/** Of messages that are decoded in general, which makes much of little. They are a few names. */
const LARGEST_MESSAGE = 65_536;
const NO_ROOM: GrpcReply = {
  code: 14,
  details: 'too many bytes of requests wait (limits.queueBytes); try again later',
  bytes: undefined,
};

export interface Answering {
  readonly handler: GrpcHandler;
  readonly definition: CallDefinition;
  readonly stream: GrpcStream;
  readonly call: ServerUnaryCall<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;
}

/** Never rejects. */
export async function answer({ handler, definition, stream, call }: Answering, bytes: Buffer): Promise<GrpcReply> {
  const share = stream.take(bytes.length);
  if (share === undefined) return NO_ROOM;
  const { head, gone: signal } = stream;
  const deadline = Number(call.getDeadline());
  stream.answering++;
  try {
    return await handler.answer({
      ...head,
      keyName: stream.keyName,
      bytes,
      decode: () => decode(definition, bytes),
      encode: definition.encode,
      signal,
      timeoutMs: deadline === Number.POSITIVE_INFINITY ? undefined : deadline - Date.now(),
      sign: (signature) => {
        stream.signature = signature;
      },
    });
  } finally {
    stream.answering--;
    share.release();
  }
}

/** Throws a `Refusal`. */
export function decode({ decode: decodeAll }: CallDefinition, bytes: Buffer): unknown {
  if (bytes.length > LARGEST_MESSAGE) {
    throw new Refusal(413, `the message is larger than ${LARGEST_MESSAGE} bytes, which is the most for this call`);
  }
  try {
    return decodeAll(bytes);
  } catch {
    throw new Refusal(400, 'The message is not what the definition of this call describes (protobuf)');
  }
}

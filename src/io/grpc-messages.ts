/** A message of a call × its stream → the handler's reply; the bytes are counted for as long as they are worked on. */
import type { Buffer } from 'node:buffer';
import type { ServerDuplexStream, ServerUnaryCall } from '@grpc/grpc-js';
import type { GrpcHandler, GrpcReply } from '../server/grpc/contract.ts';
import { Refusal } from '../server/refusal.ts';
import type { CallDefinition } from './grpc-definitions.ts';
import { type GrpcStream, NO_ROOM } from './grpc-stream.ts';

/** Of messages that are decoded in general, which makes much of little. They are a few names. */
const LARGEST_MESSAGE = 65_536;
/** Answers up to here are not counted among the bytes that wait: most are, and leave at once. */
const SMALL_ANSWER = 65_536;
const NO_ROOM_FOR_ANSWERS = 'too many bytes of answers wait for their readers (limits.queueBytes); try again later';
const NOTHING = new Uint8Array(0);
const UNAVAILABLE = 14;

export interface Answering {
  readonly handler: GrpcHandler;
  readonly definition: CallDefinition;
  readonly stream: GrpcStream;
  readonly call: ServerUnaryCall<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;
}

/** Never rejects. */
export async function answer({ handler, definition, stream, call }: Answering, bytes: Buffer): Promise<GrpcReply> {
  if (!stream.take(bytes.length)) return unavailable(NO_ROOM);
  const { head, keyName } = stream;
  const deadline = Number(call.getDeadline());
  stream.answering++;
  const reply = await handler.answer({
    ...head,
    keyName,
    bytes,
    decode: () => decode(definition, bytes),
    encode: definition.encode,
    signal: stream,
    timeoutMs: deadline === Number.POSITIVE_INFINITY ? undefined : deadline - Date.now(),
    sign: (signature) => {
      stream.signature = signature;
    },
  });
  stream.answering--;
  stream.give(bytes.length);
  const { length } = reply.bytes ?? NOTHING;
  if (length <= SMALL_ANSWER || stream.holdAnswer(length)) return reply;
  handler.conclude(head, UNAVAILABLE);
  return unavailable(NO_ROOM_FOR_ANSWERS);
}

/** An answer that `answer` has given was taken by its reader. */
export function taken(stream: GrpcStream, { bytes }: GrpcReply): void {
  const { length } = bytes ?? NOTHING;
  if (length > SMALL_ANSWER) stream.give(length);
}

function unavailable(details: string): GrpcReply {
  return { code: UNAVAILABLE, details, bytes: undefined };
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

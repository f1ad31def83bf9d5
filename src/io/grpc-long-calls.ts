/** Calls that go on for as long as their clients like: streams of inferences, watched health, reflection. They end when the port closes. */
import type { Buffer } from 'node:buffer';
import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import type { GrpcHandler } from '../server/grpc/contract.ts';
import type { ReflectionRequest, Reflector } from '../server/grpc/reflection.ts';
import type { CallDefinition } from './grpc-definitions.ts';
import { answer, decode, taken } from './grpc-messages.ts';
import { type GrpcStream, SHUTTING_DOWN } from './grpc-stream.ts';

export interface LongCall<C> {
  readonly handler: GrpcHandler;
  readonly definition: CallDefinition;
  readonly stream: GrpcStream;
  readonly call: C;
}

type Duplex = ServerDuplexStream<Buffer, Buffer>;

/** Messages of one stream that are answered at once; more wait unread. */
const MOST_AT_ONCE = 64;
const WATCH_EVERY_MS = 250;
const INVALID_ARGUMENT = 3;

/** Requests are answered beside one another and replied to in their order. A failure is a reply like any other, unless the client wants it to end the stream. */
export function streamInfer({ handler, definition, stream, call }: LongCall<Duplex>): void {
  const isHard = stream.head.headers.triton_grpc_error === 'true';
  let waiting = 0;
  let isOver = false;
  let last: Promise<void> = Promise.resolve();
  const end = (status: object): void => {
    if (isOver) return;
    isOver = true;
    call.pause();
    call.emit('error', status);
  };
  call.on('data', (bytes: Buffer) => {
    if (isOver) return;
    if (++waiting === MOST_AT_ONCE) call.pause();
    const replying = answer({ handler, definition, stream, call }, bytes);
    last = last.then(async () => {
      const reply = await replying;
      if (isOver) return;
      if (reply.bytes === undefined || (reply.code !== 0 && isHard)) {
        end({ code: reply.code, details: reply.details });
        return;
      }
      await new Promise((done) => call.write(reply.bytes as Buffer, done));
      taken(stream, reply);
      if (waiting-- === MOST_AT_ONCE) call.resume();
    });
  });
  const afterAll = (then: () => void): void => void last.then(then);
  call.on('end', () => afterAll(() => call.end()));
  stream.finish = () => {
    call.pause();
    afterAll(() => end(SHUTTING_DOWN));
  };
}

/** The status of a service at once, and again whenever it has changed. */
export function watchHealth({
  handler,
  definition,
  stream,
  call,
}: LongCall<ServerWritableStream<Buffer, Buffer>>): void {
  stream.arrived();
  let service: string;
  try {
    ({ service } = decode(definition, call.request) as { readonly service: string });
  } catch (error) {
    call.emit('error', invalid(error));
    return;
  }
  let told: string | undefined;
  const tell = (): void => {
    const status = handler.servingStatus(service) ?? 'SERVICE_UNKNOWN';
    if (status === told) return;
    told = status;
    call.write(definition.encode({ status }));
  };
  const timer = setInterval(tell, WATCH_EVERY_MS).unref();
  call.once('close', () => clearInterval(timer));
  stream.finish = () => {
    tell();
    call.emit('error', SHUTTING_DOWN);
  };
  tell();
}

/** One question after the other: the next is read when the client has taken the answer. */
export function reflect({ definition, stream, call }: LongCall<Duplex>, answerTo: Reflector): void {
  call.on('data', (bytes: Buffer) => {
    stream.arrived();
    call.pause();
    try {
      const answer = answerTo(decode(definition, bytes) as ReflectionRequest);
      call.write(definition.encode(answer), () => call.resume());
    } catch (error) {
      call.emit('error', invalid(error));
    }
  });
  call.on('end', () => call.end());
  stream.finish = () => call.emit('error', SHUTTING_DOWN);
}

function invalid(error: unknown): object {
  return { code: INVALID_ARGUMENT, details: error instanceof Error ? error.message : String(error) };
}

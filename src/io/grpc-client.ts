/** A gRPC call → its answer, over a connection of its own. Asks no proxy: what is meant is the host of the URL. */
import { Buffer } from 'node:buffer';
import type { Metadata, StatusObject } from '@grpc/grpc-js';
import { MlserveError } from '../errors.ts';
import type { GrpcAnswer, GrpcCaller, GrpcQuestion } from '../ports.ts';
import { loadDefinitions } from './grpc-definitions.ts';
import { type Grpc, loadGrpcLibrary } from './grpc-library.ts';
import { once } from './once.ts';

/** The server's own port, for a URL that names none. */
const DEFAULT_PORT = '8081';
/** Cancelled, too late, unavailable. */
const UNREACHABLE_CODES = [1, 4, 14];

const library = once(async () => {
  const { grpc, protoLoader } = loadGrpcLibrary();
  return { grpc, calls: loadDefinitions(protoLoader).calls };
});

export const grpcCaller: GrpcCaller = {
  async ask(question) {
    const { grpc, calls } = await library();
    const definition = calls.get(question.path);
    if (definition === undefined) throw new Error(`no definition of ${question.path}`);
    const { status, metadata, bytes } = await call(grpc, question, definition.encodeRequest(question.message));
    const { code, details } = status;
    // What a service says itself is signed.
    const isSilent = UNREACHABLE_CODES.includes(code) && metadata['x-model-name'] === undefined;
    if (isSilent) throw unreachable(question, status);
    const message = code === 0 && bytes !== undefined ? definition.decodeResponse(bytes) : undefined;
    return { code, details, message, metadata } satisfies GrpcAnswer;
  },
};

interface Called {
  readonly status: StatusObject;
  readonly metadata: Record<string, string>;
  readonly bytes: Buffer | undefined;
}

function call(grpc: Grpc, question: GrpcQuestion, message: Buffer): Promise<Called> {
  const { protocol, hostname, port } = new URL(question.url);
  const ca = question.ca === undefined ? null : Buffer.from(question.ca);
  const credentials = protocol === 'grpcs:' ? grpc.credentials.createSsl(ca) : grpc.credentials.createInsecure();
  const client = new grpc.Client(`${hostname}:${port || DEFAULT_PORT}`, credentials, {
    'grpc.max_receive_message_length': -1,
    'grpc.enable_http_proxy': 0,
  });
  const asIs = (bytes: Buffer): Buffer => bytes;
  const sent = new grpc.Metadata();
  for (const [name, value] of Object.entries(question.metadata ?? {})) sent.set(name, value);
  const options = { deadline: Date.now() + question.timeoutMs };
  return new Promise<Called>((resolve) => {
    const metadata: Record<string, string> = {};
    let bytes: Buffer | undefined;
    const path = `/${question.path}`;
    const running = client.makeUnaryRequest<Buffer, Buffer>(
      path,
      asIs,
      asIs,
      message,
      sent,
      options,
      (_error, reply) => {
        bytes = reply;
      },
    );
    question.signal?.addEventListener('abort', () => running.cancel());
    running.on('metadata', (given: Metadata) => take(given, metadata));
    running.on('status', (status: StatusObject) => {
      take(status.metadata, metadata);
      // The reply comes right after the status.
      setImmediate(() => resolve({ status, metadata, bytes }));
    });
  }).finally(() => client.close());
}

function take(given: Metadata, into: Record<string, string>): void {
  for (const [name, value] of Object.entries(given.getMap())) into[name] = String(value);
}

function unreachable({ url, timeoutMs }: GrpcQuestion, { code, details }: StatusObject): MlserveError {
  const what = code === 4 ? `no answer came within ${timeoutMs} ms` : details;
  return new MlserveError('SERVICE_UNREACHABLE', `the service cannot be reached: ${what}`, {
    where: url,
    hint: 'check the address and port, whether the service runs with --grpc-port, and grpc:// against grpcs://',
  });
}

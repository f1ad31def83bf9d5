/** A gRPC call → its answer, over a connection of its own. Asks no proxy: what is meant is the host of the URL. */
import { Buffer } from 'node:buffer';
import { isIP } from 'node:net';
import type { ChannelCredentials, Metadata, StatusObject } from '@grpc/grpc-js';
import { MlserveError } from '../errors.ts';
import type { GrpcAnswer, GrpcCaller, GrpcQuestion } from '../ports.ts';
import { loadDefinitions } from './grpc-definitions.ts';
import { type Grpc, loadGrpcLibrary } from './grpc-library.ts';
import { once } from './once.ts';

/** The server's own port, for a URL that names none. */
const DEFAULT_PORT = '8081';
/** Cancelled, too late, unavailable. */
const UNREACHABLE_CODES = [1, 4, 14];
/** The library passes on the words of OpenSSL, and not its code. */
const UNKNOWN_AUTHORITY = /unable to (?:verify|get)|self[- ]signed/;
const PLACE_HINT =
  'check the address and port, whether the service runs with --grpc-port, and grpc:// against grpcs://';

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
  const credentials = protocol === 'grpcs:' ? encrypted(grpc, question.ca) : grpc.credentials.createInsecure();
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

/** An address is not a name that a client may send (RFC 6066), and Node warns of it; the certificate is held against the address all the same. */
function encrypted(grpc: Grpc, ca: string | undefined): ChannelCredentials {
  const credentials = grpc.credentials.createSsl(ca === undefined ? null : Buffer.from(ca));
  const connect = credentials._createSecureConnector.bind(credentials);
  credentials._createSecureConnector = (...given) => {
    const connector = connect(...given) as ReturnType<typeof connect> & { connectionOptions?: { servername?: string } };
    const { connectionOptions } = connector;
    if (isIP(connectionOptions?.servername ?? '') !== 0) delete connectionOptions?.servername;
    return connector;
  };
  return credentials;
}

function take(given: Metadata, into: Record<string, string>): void {
  for (const [name, value] of Object.entries(given.getMap())) into[name] = String(value);
}

function unreachable({ url, timeoutMs }: GrpcQuestion, { code, details }: StatusObject): MlserveError {
  const [what, hint] =
    code === 4
      ? [`no answer came within ${timeoutMs} ms`, PLACE_HINT]
      : UNKNOWN_AUTHORITY.test(details)
        ? ['its certificate is of an authority that is not known here', 'give that one with --ca']
        : [details.replace(/\. Resolution note: *$/, ''), PLACE_HINT];
  return new MlserveError('SERVICE_UNREACHABLE', `the service cannot be reached: ${what}`, { where: url, hint });
}

/** A gRPC client of grpc-js: calls as functions, with all that a client gets to see of an answer. */
import {
  Client,
  type ClientDuplexStream,
  type ClientOptions,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js';
import { grpcMessages } from './grpc-messages.ts';

export interface Answer {
  readonly code: number;
  readonly details: string;
  readonly message: Record<string, unknown> | undefined;
  readonly headers: Record<string, unknown>;
  readonly trailers: Record<string, unknown>;
}

export interface CallOptions {
  readonly metadata?: Record<string, string>;
  /** Milliseconds from now. */
  readonly deadline?: number;
  readonly signal?: AbortSignal;
}

const INFERENCE = 'inference.GRPCInferenceService';
const asIs = (bytes: Buffer): Buffer => bytes;
const pathOf = (method: string): string => (method.includes('/') ? method : `${INFERENCE}/${method}`);

export function metadataOf(entries: Record<string, string> = {}): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(entries)) metadata.set(name, value);
  return metadata;
}

const optionsOf = ({ deadline }: CallOptions) => (deadline === undefined ? {} : { deadline: Date.now() + deadline });

export class GrpcClient extends Client {
  constructor(address: string, options: ClientOptions = {}, channel = credentials.createInsecure()) {
    super(address, channel, { 'grpc.max_receive_message_length': -1, ...options });
  }

  /** Resolves with errors too. `method`: of the inference service, or with its service. */
  ask(method: string, message: object | Buffer, options: CallOptions = {}): Promise<Answer> {
    const path = pathOf(method);
    return new Promise((resolve) => {
      let headers = {};
      let trailers = {};
      let reply: Buffer | undefined;
      const call = this.makeUnaryRequest<Buffer, Buffer>(
        `/${path}`,
        asIs,
        asIs,
        message instanceof Buffer ? message : grpcMessages(path).writeRequest(message),
        metadataOf(options.metadata),
        optionsOf(options),
        (_error: ServiceError | null, bytes?: Buffer) => {
          reply = bytes;
        },
      );
      options.signal?.addEventListener('abort', () => call.cancel());
      call.on('metadata', (metadata: Metadata) => {
        headers = metadata.getMap();
      });
      call.on('status', ({ code, details, metadata }: StatusObject) => {
        trailers = metadata.getMap();
        // The reply comes right after the status.
        setImmediate(() => {
          const decoded = reply && (grpcMessages(path).readReply(reply) as Record<string, unknown>);
          resolve({ code, details, message: decoded, headers, trailers });
        });
      });
    });
  }

  stream(method: string, options: CallOptions = {}): MessageStream {
    const path = pathOf(method);
    const call = this.makeBidiStreamRequest<Buffer, Buffer>(
      `/${path}`,
      asIs,
      asIs,
      metadataOf(options.metadata),
      optionsOf(options),
    );
    return new MessageStream(path, call);
  }

  watch(service: string): MessageStream {
    const path = 'grpc.health.v1.Health/Watch';
    const message = grpcMessages(path).writeRequest({ service });
    return new MessageStream(path, this.makeServerStreamRequest<Buffer, Buffer>(`/${path}`, asIs, asIs, message));
  }
}

/** A call with many messages: what has come so far, and the status at the end. */
export class MessageStream {
  readonly messages: Record<string, unknown>[] = [];
  readonly ended: Promise<StatusObject>;
  headers: Record<string, unknown> = {};
  readonly #path: string;
  readonly #call: ClientReadableStream<Buffer> | ClientDuplexStream<Buffer, Buffer>;

  constructor(path: string, call: ClientReadableStream<Buffer> | ClientDuplexStream<Buffer, Buffer>) {
    this.#path = path;
    this.#call = call;
    call.on('data', (bytes: Buffer) => {
      this.messages.push(grpcMessages(path).readReply(bytes) as Record<string, unknown>);
    });
    call.on('metadata', (metadata: Metadata) => {
      this.headers = metadata.getMap();
    });
    call.on('error', () => {});
    this.ended = new Promise((resolve) => call.once('status', resolve));
  }

  send(message: object): void {
    (this.#call as ClientDuplexStream<Buffer, Buffer>).write(grpcMessages(this.#path).writeRequest(message));
  }

  end(): void {
    (this.#call as ClientDuplexStream<Buffer, Buffer>).end();
  }

  cancel(): void {
    this.#call.cancel();
  }

  /** Reads nothing more for now. */
  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    this.#call.resume();
  }

  /** Waits until so many messages have come. */
  async until(count: number): Promise<void> {
    while (this.messages.length < count) await new Promise((wake) => setTimeout(wake, 5));
  }
}

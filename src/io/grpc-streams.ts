/** The HTTP/2 server that grpc-js has made → its streams as `GrpcStream`s, each to be found by the call that the library makes of it. */
import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Metadata } from '@grpc/grpc-js';
import type { Headers } from '../server/contract.ts';
import type { GrpcHandler } from '../server/grpc/contract.ts';
import { MODEL_STREAM_INFER, REFLECTIONS } from '../server/grpc/rpcs.ts';
import { requestIdOf } from '../server/identity.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { GrpcConnections } from './grpc-connections.ts';
import { GrpcStream, SHUTTING_DOWN } from './grpc-stream.ts';

/** A name of request metadata: ours, whatever a client sends under it. */
const TAG = 'x-mlserve-stream';
const DEADLINE_EXCEEDED = 4;
const TOO_SLOW = 'the request took too long to arrive';
const OPEN_ENDED: readonly string[] = [MODEL_STREAM_INFER, ...REFLECTIONS];

export interface StreamsParts {
  readonly handler: GrpcHandler;
  readonly budget: ByteBudget;
  readonly connections: GrpcConnections;
  /** For a request to arrive. */
  readonly requestTimeoutMs: number;
}

export class GrpcStreams {
  readonly #parts: StreamsParts;
  readonly #open = new Map<string, GrpcStream>();
  readonly #sweep: NodeJS.Timeout;
  #last = 0;
  #onEmpty: (() => void) | undefined;

  constructor(parts: StreamsParts) {
    this.#parts = parts;
    const { requestTimeoutMs } = parts;
    this.#sweep = setInterval(
      () => {
        for (const stream of this.#open.values()) {
          if (stream.isSlow(requestTimeoutMs)) stream.refuse(DEADLINE_EXCEEDED, TOO_SLOW);
        }
      },
      Math.min(1000, Math.ceil(requestTimeoutMs / 4)),
    ).unref();
  }

  /** Before the library sees a stream, so that it cannot answer one that nobody watches. */
  watch(server: Http2Server): void {
    server.prependListener('stream', (stream, headers) => this.#add(stream, headers));
  }

  /** The stream of a call. */
  of(metadata: Metadata): GrpcStream {
    const found = this.#open.get(String(metadata.get(TAG)[0]));
    if (found === undefined) throw new Error('a call without its stream');
    return found;
  }

  /** Ends the calls that would go on for as long as their clients like. */
  finish(): void {
    for (const stream of this.#open.values()) stream.finish?.();
  }

  /** Ends every call now, whatever its state. */
  refuseAll(): void {
    for (const stream of this.#open.values()) stream.refuse(SHUTTING_DOWN.code, SHUTTING_DOWN.details);
  }

  /** Resolves as soon as no call is under way. */
  allClosed(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  /** To be called when the port has closed. */
  stop(): void {
    clearInterval(this.#sweep);
  }

  #add(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const path = String(headers[':path'] ?? '').slice(1);
    const known = headers as Headers;
    const { handler, budget, connections } = this.#parts;
    // What HTTP/1.1 calls it; whoever looks at headers knows that name.
    headers.host ??= headers[':authority'];
    const { session } = stream;
    const head = { path, headers: known, requestId: requestIdOf(known), peer: connections.begin(session) };
    const tag = String(this.#last++);
    headers[TAG] = tag;
    const timeout = headers['grpc-timeout'];
    if (typeof timeout === 'string') headers['grpc-timeout'] = boundedTimeout(timeout);
    const watched = new GrpcStream({ stream, head, handler, budget, isOpenEnded: OPEN_ENDED.includes(path) });
    this.#open.set(tag, watched);
    stream.once('close', () => {
      connections.end(session);
      this.#open.delete(tag);
      watched.closed();
      if (this.#open.size === 0) this.#onEmpty?.();
    });
  }
}

/** Milliseconds of the units that can say more than 32 bits hold, which is what the library computes with. */
const LONG_UNITS = new Map([
  ['H', 3_600_000],
  ['M', 60_000],
  ['S', 1000],
]);
const LONGEST_TIMEOUT = '500H';

function boundedTimeout(sent: string): string {
  const ms = Number.parseInt(sent, 10) * (LONG_UNITS.get(sent.slice(-1)) ?? 0);
  return ms >= 2 ** 31 ? LONGEST_TIMEOUT : sent;
}

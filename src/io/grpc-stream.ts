/**
 * One HTTP/2 stream under a gRPC server → what the library does not see to: its response says which model and request it belongs to, also when the
 * library makes it by itself; its bytes are counted; how it ended is counted where nobody has answered it.
 */
import type { Buffer } from 'node:buffer';
import {
  constants,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
  type ServerStreamResponseOptions,
} from 'node:http2';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import type { GrpcHandler, GrpcHead, Signature } from '../server/grpc/contract.ts';
import type { ByteBudget } from './byte-budget.ts';

const CANCELLED = 1;
const INVALID_ARGUMENT = 3;
const UNAVAILABLE = 14;
export const SHUTTING_DOWN = { code: UNAVAILABLE, details: 'the server is shutting down' };
export const NO_ROOM = 'too many bytes of requests wait (limits.queueBytes); try again later';

interface StreamParts {
  readonly stream: ServerHttp2Stream;
  readonly head: GrpcHead;
  readonly handler: GrpcHandler;
  readonly budget: ByteBudget;
  /** Whether requests may come at any time, or none. */
  readonly isOpenEnded: boolean;
}

export class GrpcStream {
  readonly head: GrpcHead;
  /** Of the API key that was shown. */
  readonly keyName: string | undefined;
  /** Of the model that answers, once it is known. */
  signature: Signature | undefined;
  /** Messages that are being answered. */
  answering = 0;
  /** Called when the port closes: ends a call that would go on for as long as its client likes. */
  finish: (() => void) | undefined;
  readonly #parts: StreamParts;
  /** Bytes that have come of the next message. */
  #arriving = 0;
  /** Bytes of messages that are worked on. */
  #held = 0;
  #since = performance.now();
  #hasMessage = false;
  #isCounted = false;

  constructor(parts: StreamParts) {
    const { stream, head, handler } = parts;
    const { denial, keyName } = handler.admit(head);
    this.#parts = parts;
    this.head = head;
    this.keyName = keyName;
    const { respond } = stream;
    stream.respond = (headers: OutgoingHttpHeaders = {}, options?: ServerStreamResponseOptions) => {
      respond.call(stream, Object.assign(headers, this.signature ?? handler.signature(head)), options);
      if (options?.endStream === true) this.#endEarly();
    };
    stream.on('data', (chunk: Buffer) => this.#count(chunk.length));
    // After the library has seen the stream: it would answer once more.
    if (denial !== undefined) process.nextTick(() => this.refuse(denial.code, denial.details));
  }

  /** Whether the client has gone or the call is over. */
  get aborted(): boolean {
    return this.#parts.stream.closed || this.#parts.stream.destroyed;
  }

  /** A message has arrived as a whole. */
  arrived(): void {
    this.#parts.budget.give(this.#arriving);
    this.#arriving = 0;
    this.#hasMessage = true;
  }

  /** A message of so many bytes is there for the handler, which counts the call; false when there is no room for it. */
  take(bytes: number): boolean {
    this.arrived();
    if (!this.#hold(bytes, this.#parts.budget.take(bytes))) return false;
    this.#isCounted = true;
    return true;
  }

  /** Bytes of an answer that waits for its reader; alone it may have any size. */
  holdAnswer(bytes: number): boolean {
    return this.#hold(bytes, this.#parts.budget.takeAlone(bytes));
  }

  /** Bytes that are not held any more. Those of a stream that has closed were given back by then. */
  give(bytes: number): void {
    if (this.aborted) return;
    this.#parts.budget.give(bytes);
    this.#held -= bytes;
  }

  /** Whether a message should have arrived by now that has begun to more than `timeoutMs` ago. */
  isSlow(timeoutMs: number): boolean {
    const isWaiting = this.#arriving > 0 ? this.answering === 0 : !this.#hasMessage && !this.#parts.isOpenEnded;
    return isWaiting && performance.now() - this.#since > timeoutMs;
  }

  /** Ends the call here, over the head of the library, which takes it for a client that has gone. */
  refuse(code: number, details: string): void {
    const { stream } = this.#parts;
    if (stream.destroyed || stream.headersSent) {
      stream.close(constants.NGHTTP2_CANCEL);
      return;
    }
    const status = { ':status': 200, 'content-type': 'application/grpc+proto' };
    stream.respond({ ...status, 'grpc-status': code, 'grpc-message': details }, { endStream: true });
  }

  /** To be called when the stream has closed. */
  closed(): void {
    const { budget, handler, stream } = this.#parts;
    budget.give(this.#arriving + this.#held);
    this.#arriving = 0;
    this.#held = 0;
    if (!this.#isCounted) handler.conclude(this.head, endOf(stream));
  }

  /** The response is complete: what has come of a message, or is still to come, is of no use any more. */
  #endEarly(): void {
    this.#parts.budget.give(this.#arriving);
    this.#arriving = 0;
    const { stream } = this.#parts;
    if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #hold(bytes: number, isTaken: boolean): boolean {
    // Nobody would give them back after the end.
    if (isTaken && this.aborted) this.#parts.budget.give(bytes);
    else if (isTaken) this.#held += bytes;
    return isTaken;
  }

  #count(bytes: number): void {
    if (this.aborted) return;
    if (this.#arriving === 0) this.#since = performance.now();
    if (this.#parts.budget.take(bytes)) {
      this.#arriving += bytes;
      return;
    }
    this.refuse(UNAVAILABLE, NO_ROOM);
  }
}

function endOf({ sentHeaders, sentTrailers }: ServerHttp2Stream): number {
  const code = sentTrailers?.['grpc-status'] ?? sentHeaders?.['grpc-status'];
  if (code !== undefined) return Number(code);
  // Answered with an HTTP status: it was no gRPC.
  return sentHeaders?.[':status'] === 200 || sentHeaders === undefined ? CANCELLED : INVALID_ARGUMENT;
}

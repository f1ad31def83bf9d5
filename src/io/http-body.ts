/** A request's body as it arrives → its bytes, decompressed, unless it grows past the limit or the client goes away. */
import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Coding } from '../server/content-coding.ts';
import { BodyBuffer, type BodyRoom } from './body-buffer.ts';
import { inflate } from './inflate.ts';

const EMPTY = Buffer.alloc(0);

export interface BodyEvents {
  done(body: Buffer): void;
  /** More came than `maxBytes`. Nothing more is kept; the rest still arrives. */
  tooLarge(): void;
  /** More came than there is room for now. As above. */
  noRoom(): void;
  /** It is not what `Content-Encoding` says. As above. */
  malformed(): void;
}

export interface BodyLimits extends BodyRoom {
  /** What the body is compressed with, if it is. */
  readonly coding?: Coding | undefined;
}

const ignore = (): void => {};

/** Whether bytes follow the head. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** Calls one of `events` once, or none when the connection breaks first. */
export function readBody(request: IncomingMessage, limits: BodyLimits, events: BodyEvents): void {
  // A broken connection is not an error of ours; the listener keeps it from being thrown.
  request.on('error', ignore);
  if (!hasBody(request)) {
    events.done(EMPTY);
    return;
  }
  if (limits.coding !== undefined) {
    inflate(request, limits.coding, limits, events);
    return;
  }
  const length = request.headers['content-length'];
  const announced = length === undefined ? undefined : Number(length);
  const body = new BodyBuffer({ ...limits, announced }, announced ?? limits.maxBytes);
  const onData = (chunk: Buffer): void => {
    const refusal = body.add(chunk);
    if (refusal === undefined) return;
    request.off('data', onData).off('end', onEnd);
    events[refusal]();
  };
  const onEnd = (): void => events.done(body.take());
  request.on('data', onData).on('end', onEnd);
}

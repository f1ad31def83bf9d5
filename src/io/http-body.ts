/** A request's body as it arrives → its bytes, unless it grows past the limit or the client goes away. */
import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

const EMPTY = Buffer.alloc(0);

export interface BodyEvents {
  readonly done: (body: Buffer) => void;
  /** More came than `maxBytes`. Nothing more is kept; the rest still arrives. */
  readonly tooLarge: () => void;
}

/** Whether bytes follow the head. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** Calls one of `events` once, or none when the connection breaks first. */
export function readBody(request: IncomingMessage, maxBytes: number, events: BodyEvents): void {
  if (!hasBody(request)) {
    events.done(EMPTY);
    return;
  }
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  let size = 0;
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > maxBytes) {
      request.off('data', onData).off('end', onEnd);
      events.tooLarge();
      return;
    }
    // Most bodies come in one piece, and need no copy.
    if (first === undefined) first = chunk;
    else if (chunks === undefined) chunks = [first, chunk];
    else chunks.push(chunk);
  };
  const onEnd = (): void => {
    events.done(chunks === undefined ? (first ?? EMPTY) : Buffer.concat(chunks, size));
  };
  request.on('data', onData).on('end', onEnd);
  // A broken connection is not an error of ours; the listener keeps it from being thrown.
  request.on('error', () => {});
}

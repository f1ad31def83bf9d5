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
  const announced = Number(request.headers['content-length'] ?? 0);
  let body: Buffer = EMPTY;
  let size = 0;
  const onData = (chunk: Buffer): void => {
    const end = size + chunk.length;
    if (end > maxBytes) {
      request.off('data', onData).off('end', onEnd);
      body = EMPTY;
      events.tooLarge();
      return;
    }
    // Most bodies come in one piece, and need no copy. Further pieces are copied: kept, one of a byte would cost hundreds.
    if (size === 0) body = chunk;
    else {
      if (end > body.length) body = grown(body, Math.max(announced, Math.min(end * 2, maxBytes)));
      chunk.copy(body, size);
    }
    size = end;
  };
  const onEnd = (): void => events.done(size === body.length ? body : body.subarray(0, size));
  request.on('data', onData).on('end', onEnd);
  // A broken connection is not an error of ours; the listener keeps it from being thrown.
  request.on('error', () => {});
}

function grown(body: Buffer, size: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(size);
  body.copy(larger);
  return larger;
}

/** A request's body as it arrives → its bytes, unless it grows past the limit or the client goes away. */
import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { ByteShare } from './byte-budget.ts';

const EMPTY = Buffer.alloc(0);
/** For a body that comes in more than one piece. */
const SMALLEST_ROOM = 65_536;

export interface BodyEvents {
  readonly done: (body: Buffer) => void;
  /** More came than `maxBytes`. Nothing more is kept; the rest still arrives. */
  readonly tooLarge: () => void;
  /** More came than there is room for now. As above. */
  readonly noRoom: () => void;
}

export interface BodyLimits {
  readonly maxBytes: number;
  readonly share: ByteShare;
}

/** Whether bytes follow the head. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** Calls one of `events` once, or none when the connection breaks first. */
export function readBody(request: IncomingMessage, { maxBytes, share }: BodyLimits, events: BodyEvents): void {
  if (!hasBody(request)) {
    events.done(EMPTY);
    return;
  }
  const most = Number(request.headers['content-length'] ?? maxBytes);
  let body: Buffer = EMPTY;
  let size = 0;
  const onData = (chunk: Buffer): void => {
    const end = size + chunk.length;
    // Most bodies come in one piece, and need no copy. Further pieces are copied: kept, one of a byte would cost hundreds.
    const room = size === 0 ? end : Math.min(Math.max(end * 2, SMALLEST_ROOM), most);
    const refusal =
      end > maxBytes ? events.tooLarge : end > body.length && !share.reach(room) ? events.noRoom : undefined;
    if (refusal !== undefined) {
      request.off('data', onData).off('end', onEnd);
      body = EMPTY;
      refusal();
      return;
    }
    if (size === 0) body = chunk;
    else {
      if (end > body.length) body = grown(body, room);
      chunk.copy(body, size);
    }
    size = end;
  };
  const onEnd = (): void => {
    const whole = size === body.length ? body : body.subarray(0, size);
    // The request lives on until the answer is sent.
    body = EMPTY;
    events.done(whole);
  };
  request.on('data', onData).on('end', onEnd);
  // A broken connection is not an error of ours; the listener keeps it from being thrown.
  request.on('error', () => {});
}

function grown(body: Buffer, size: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(size);
  body.copy(larger);
  return larger;
}

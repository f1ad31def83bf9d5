/** A compressed body as it arrives → its bytes, counted while they come out, off the event loop. */
import type { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Coding } from '../server/content-coding.ts';
import { BodyBuffer, type BodyRoom } from './body-buffer.ts';
import type { BodyEvents } from './http-body.ts';

/** Bytes that come out at a time. */
const PIECE = 65_536;
/** What one decompression holds besides the body: its window, its state, and a piece. */
const STATE_BYTES = 2 * PIECE;

/** As `readBody`. Both the bytes that arrive and those that come out are bounded by `maxBytes`. */
export function inflate(request: IncomingMessage, coding: Coding, room: BodyRoom, events: BodyEvents): void {
  if (!room.share.reach(STATE_BYTES)) {
    events.noRoom();
    return;
  }
  const body = new BodyBuffer(room, room.maxBytes, STATE_BYTES);
  // Loaded with the first compressed body, like all that a start can do without.
  const { createGunzip, createInflate } = process.getBuiltinModule('node:zlib');
  const inflater = coding === 'gzip' ? createGunzip({ chunkSize: PIECE }) : createInflate({ chunkSize: PIECE });
  let received = 0;
  const onData = (chunk: Buffer): void => {
    received += chunk.length;
    if (received > room.maxBytes) stop('tooLarge');
    else if (!inflater.write(chunk)) {
      request.pause();
      inflater.once('drain', () => request.resume());
    }
  };
  const onEnd = (): void => void inflater.end();
  // The rest of the body is still to be read by whoever answers.
  const stop = (why: 'tooLarge' | 'noRoom' | 'malformed'): void => {
    request.off('data', onData).off('end', onEnd);
    if (inflater.destroyed) return;
    inflater.destroy();
    events[why]();
  };
  inflater
    .on('data', (piece: Buffer) => {
      const refusal = body.add(piece);
      if (refusal !== undefined) stop(refusal);
    })
    .on('end', () => events.done(body.take()))
    .on('error', () => {
      request.off('data', onData).off('end', onEnd);
      events.malformed();
    });
  request
    .on('data', onData)
    .on('end', onEnd)
    .once('close', () => {
      if (!request.complete) inflater.destroy();
    });
}

/** Pieces of a body → one buffer, within its limit and its share of the memory for bodies. */
import { Buffer } from 'node:buffer';
import type { ByteShare } from './byte-budget.ts';

const EMPTY = Buffer.alloc(0);
/** For a body that comes in more than one piece. */
const SMALLEST_ROOM = 65_536;
/** Bytes of the largest element type. */
const WIDEST = 8;

export interface BodyRoom {
  readonly maxBytes: number;
  readonly share: ByteShare;
  /** Where in the body elements of tensors begin, so that they need not be copied to be aligned. */
  readonly alignAt?: number | undefined;
}

export class BodyBuffer {
  readonly #room: BodyRoom;
  readonly #most: number;
  /** Bytes of the share that are taken for other things. */
  readonly #besides: number;
  #body: Buffer = EMPTY;
  #size = 0;

  /** `most`: bytes to expect at most. */
  constructor(room: BodyRoom, most: number, besides = 0) {
    this.#room = room;
    this.#most = most;
    this.#besides = besides;
  }

  /** Why the piece does not fit, if it does not: nothing is kept then. */
  add(chunk: Buffer): 'tooLarge' | 'noRoom' | undefined {
    const end = this.#size + chunk.length;
    // Most bodies come in one piece, and need no copy. Further pieces are copied: kept, one of a byte would cost hundreds.
    const room = this.#size === 0 ? end : Math.min(Math.max(end * 2, SMALLEST_ROOM), this.#most);
    const refusal = this.#refusal(end, room);
    if (refusal !== undefined) {
      this.#body = EMPTY;
      return refusal;
    }
    if (this.#size === 0) this.#body = chunk;
    else {
      if (end > this.#body.length) this.#grow(room);
      chunk.copy(this.#body, this.#size);
    }
    this.#size = end;
    return undefined;
  }

  /** Everything that was added; the buffer is empty afterwards, for whoever holds it lives on until the answer is sent. */
  take(): Buffer {
    const whole = this.#size === this.#body.length ? this.#body : this.#body.subarray(0, this.#size);
    this.#body = EMPTY;
    return whole;
  }

  #refusal(end: number, room: number): 'tooLarge' | 'noRoom' | undefined {
    const { maxBytes, share } = this.#room;
    if (end > maxBytes) return 'tooLarge';
    return end > this.#body.length && !share.reach(room + this.#besides) ? 'noRoom' : undefined;
  }

  #grow(size: number): void {
    const before = (WIDEST - ((this.#room.alignAt ?? 0) % WIDEST)) % WIDEST;
    const larger = Buffer.allocUnsafeSlow(size + before).subarray(before);
    this.#body.copy(larger, 0, 0, this.#size);
    this.#body = larger;
  }
}

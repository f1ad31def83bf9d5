/** Pieces of a body → one buffer, within its limit and its share of the memory for bodies. */
import { Buffer } from 'node:buffer';
import type { ByteShare } from './byte-budget.ts';
import { freeBytes } from './free-bytes.ts';

const EMPTY = Buffer.alloc(0);
/** Smaller pieces are copied together into blocks: kept, one of a byte would cost hundreds. */
const SMALLEST_KEPT = 16_384;
const BLOCK = 65_536;
/** Bytes of the largest element type. */
const WIDEST = 8;
/** Of an announced body that must have arrived before memory is taken for all of it: who announces much and sends little gets little. */
const SERIOUS = 1 / 8;

export interface BodyRoom {
  readonly maxBytes: number;
  readonly share: ByteShare;
  /** Where in the body elements of tensors begin, so that they need not be copied to be aligned. */
  readonly alignAt?: number | undefined;
  /** Its exact size, where the client has said it. */
  readonly announced?: number | undefined;
}

export class BodyBuffer {
  readonly #room: BodyRoom;
  readonly #most: number;
  #pieces: Buffer[] = [];
  /** Takes small pieces; its filled part counts among the pieces. */
  #block: Buffer = EMPTY;
  #filled = 0;
  /** Of the announced size; takes pieces while the processor still has them at hand, and their memory is free for the next ones. */
  #whole: Buffer | undefined;
  #size = 0;
  /** Bytes of the share that are taken, those for other things included. */
  #taken: number;

  /** `most`: bytes to expect at most. `besides`: bytes of the share that are taken for other things. */
  constructor(room: BodyRoom, most: number, besides = 0) {
    this.#room = room;
    this.#most = most;
    this.#taken = besides;
  }

  /** Why the piece does not fit, if it does not: nothing is kept then. */
  add(piece: Buffer): 'tooLarge' | 'noRoom' | undefined {
    const size = this.#size + piece.length;
    if (size > this.#room.maxBytes) return this.#drop('tooLarge');
    if (this.#whole !== undefined) {
      if (!this.#reach(piece.length)) return this.#drop('noRoom');
      this.#copy(piece, this.#whole, this.#size);
    } else if (this.#size === 0 || piece.length >= SMALLEST_KEPT) {
      // Most bodies come in one piece, and need no copy.
      this.#seal();
      if (!this.#reach(piece.length)) return this.#drop('noRoom');
      this.#pieces.push(piece);
      if (this.#isSerious(size)) this.#gather(this.#room.announced as number);
    } else {
      if (piece.length > this.#block.length - this.#filled) {
        this.#seal();
        const block = Math.max(piece.length, Math.min(BLOCK, this.#most - this.#size));
        if (!this.#reach(block)) return this.#drop('noRoom');
        this.#block = Buffer.allocUnsafeSlow(block);
      }
      piece.copy(this.#block, this.#filled);
      this.#filled += piece.length;
    }
    this.#size = size;
    return undefined;
  }

  /** Everything that was added; nothing is kept, for whoever holds this lives on until the answer is sent. */
  take(): Buffer {
    this.#seal();
    const [first = EMPTY, ...others] = this.#pieces;
    if (others.length > 0) this.#gather(this.#size);
    const whole = this.#whole?.subarray(0, this.#size) ?? first;
    this.#drop();
    return whole;
  }

  /** Whether all of an announced body is worth its memory, now that `size` bytes are there. */
  #isSerious(size: number): boolean {
    const { announced = 0 } = this.#room;
    return size < announced && size >= announced * SERIOUS;
  }

  /** From now on everything is in one buffer of `size` bytes. */
  #gather(size: number): void {
    const before = (WIDEST - ((this.#room.alignAt ?? 0) % WIDEST)) % WIDEST;
    const whole = Buffer.allocUnsafeSlow(size + before).subarray(before);
    let at = 0;
    for (const piece of this.#pieces) {
      const { length } = piece;
      this.#copy(piece, whole, at);
      at += length;
    }
    this.#pieces = [];
    this.#whole = whole;
  }

  #copy(piece: Buffer, whole: Buffer, at: number): void {
    piece.copy(whole, at);
    freeBytes(piece);
  }

  /** Ends the block; its empty rest is not held, nor counted. */
  #seal(): void {
    const rest = this.#block.length - this.#filled;
    const filled = this.#block.subarray(0, this.#filled);
    if (filled.length > 0) this.#pieces.push(rest > filled.length ? Buffer.from(filled) : filled);
    this.#taken -= rest;
    this.#block = EMPTY;
    this.#filled = 0;
  }

  #reach(more: number): boolean {
    if (!this.#room.share.reach(this.#taken + more)) return false;
    this.#taken += more;
    return true;
  }

  #drop<R extends string | undefined>(reason?: R): R | undefined {
    this.#pieces = [];
    this.#block = EMPTY;
    this.#filled = 0;
    this.#whole = undefined;
    return reason;
  }
}

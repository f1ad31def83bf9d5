/**
 * Bytes of JSON (RFC 8259) → values one at a time, at the caller's pace. Stricter than JSON.parse where being lax hides mistakes: UTF-8 is
 * checked, depth is limited, duplicate keys are refused by every consumer. Throws `JsonError`.
 */
import { Buffer, isUtf8 } from 'node:buffer';
import { JsonError, type JsonFault } from './json-error.ts';
import type { KeySet } from './key-set.ts';
import { POWERS_OF_TEN, unescapeJson } from './tokens.ts';

export const QUOTE = 0x22;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;

/** Where a reader stands, to come back to. */
export interface Mark {
  readonly pos: number;
  readonly depth: number;
}

export class JsonReader {
  readonly bytes: Buffer;
  /** Offset of the next byte. */
  pos = 0;
  /** Whether the last number had neither fraction nor exponent. */
  wasInteger = false;
  /** Where the last number or string began. */
  tokenStart = 0;
  /** Whether the last string held an escape: only then can it hold NUL or a lone surrogate. */
  hadEscape = false;
  readonly #maxDepth: number;
  #depth = 0;

  constructor(bytes: Uint8Array, maxDepth: number) {
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#maxDepth = maxDepth;
    if (!isUtf8(bytes)) throw new JsonError('encoding', undefined, 'it is not UTF-8');
  }

  fail(fault: JsonFault, what: string, offset = this.pos): never {
    throw new JsonError(fault, offset, what);
  }

  /** The next byte that is not white space, -1 at the end. */
  peek(): number {
    const bytes = this.bytes;
    let pos = this.pos;
    while (pos < bytes.length) {
      const byte = bytes[pos] as number;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) {
        this.pos = pos;
        return byte;
      }
      pos++;
    }
    this.pos = pos;
    return -1;
  }

  open(bracket: typeof OPEN_BRACE | typeof OPEN_BRACKET): void {
    if (this.peek() !== bracket)
      this.fail('syntax', bracket === OPEN_BRACE ? 'expected an object' : 'expected an array');
    if (++this.#depth > this.#maxDepth) this.fail('depth', `nested deeper than ${this.#maxDepth} levels`);
    this.pos++;
  }

  /** Steps to the next element or member (`first`: the one right after `open`); false after stepping over `close`. */
  more(first: boolean, close: typeof CLOSE_BRACE | typeof CLOSE_BRACKET): boolean {
    const next = this.peek();
    if (next === close) {
      this.pos++;
      this.#depth--;
      return false;
    }
    if (first) return true;
    if (next !== COMMA) this.fail('syntax', 'expected a comma or a closing bracket');
    this.pos++;
    return true;
  }

  /** A member's key, and the colon after it. */
  key(): string {
    if (this.peek() !== QUOTE) this.fail('syntax', 'expected a key in quotes');
    const key = this.string();
    this.#colon();
    return key;
  }

  /** Index of a member's key in `keys`, trying `guess` first; the key itself when it is none of them. */
  keyIn(keys: KeySet, guess: number): number | string {
    const expected = keys.bytes[guess];
    if (expected !== undefined && this.peek() === QUOTE) {
      const { bytes } = this;
      const start = this.pos + 1;
      let at = 0;
      while (at < expected.length && bytes[start + at] === expected[at]) at++;
      if (at === expected.length && bytes[start + at] === QUOTE) {
        this.pos = start + at + 1;
        this.#colon();
        return guess;
      }
    }
    const key = this.key();
    return keys.indexOf.get(key) ?? key;
  }

  #colon(): void {
    if (this.peek() !== COLON) this.fail('syntax', 'expected a colon');
    this.pos++;
  }

  /** The string at the cursor. It may hold NUL and lone surrogates, from escapes: `hadEscape`. */
  string(): string {
    if (this.peek() !== QUOTE) this.fail('syntax', 'expected a string');
    const { bytes } = this;
    const start = this.pos + 1;
    let pos = start;
    let seen = 0;
    this.hadEscape = false;
    for (; pos < bytes.length; pos++) {
      const byte = bytes[pos] as number;
      if (byte === QUOTE) {
        this.tokenStart = start - 1;
        this.pos = pos + 1;
        if (this.hadEscape) return unescapeJson(bytes, start, pos);
        return seen < 0x80 ? bytes.toString('latin1', start, pos) : bytes.toString('utf8', start, pos);
      }
      if (byte < 0x20) this.fail('syntax', 'control character in a string', pos);
      if (byte === BACKSLASH) {
        this.hadEscape = true;
        pos++;
      }
      seen |= byte;
    }
    this.fail('syntax', 'unfinished string', start - 1);
  }

  /** The number at the cursor, correctly rounded; infinite where it is too large for a double. */
  number(): number {
    this.peek();
    const { bytes } = this;
    const start = this.pos;
    let pos = start;
    const negative = bytes[pos] === MINUS;
    if (negative) pos++;
    let byte = bytes[pos];
    let mantissa = 0;
    let digits = 0;
    let exponent = 0;
    const whole = pos;
    while (byte !== undefined && byte >= 0x30 && byte <= 0x39) {
      mantissa = mantissa * 10 + (byte - 0x30);
      if (mantissa !== 0) digits++;
      byte = bytes[++pos];
    }
    if (pos === whole) this.fail('syntax', 'expected a value', start);
    if (bytes[whole] === 0x30 && pos > whole + 1) this.fail('syntax', 'number with a leading zero', start);
    this.wasInteger = true;
    if (byte === 0x2e) {
      this.wasInteger = false;
      const fraction = ++pos;
      byte = bytes[pos];
      while (byte !== undefined && byte >= 0x30 && byte <= 0x39) {
        mantissa = mantissa * 10 + (byte - 0x30);
        if (mantissa !== 0) digits++;
        byte = bytes[++pos];
      }
      if (pos === fraction) this.fail('syntax', 'number without digits after the point', start);
      exponent = fraction - pos;
    }
    if (byte === 0x65 || byte === 0x45) {
      this.wasInteger = false;
      byte = bytes[++pos];
      const minus = byte === MINUS;
      if (minus || byte === 0x2b) byte = bytes[++pos];
      const power = pos;
      let scale = 0;
      while (byte !== undefined && byte >= 0x30 && byte <= 0x39) {
        if (scale < 1e8) scale = scale * 10 + (byte - 0x30);
        byte = bytes[++pos];
      }
      if (pos === power) this.fail('syntax', 'number without digits in the exponent', start);
      exponent += minus ? -scale : scale;
    }
    this.tokenStart = start;
    this.pos = pos;
    // Clinger: both factors are exact doubles, so one rounding, so correctly rounded.
    if (digits <= 15 && exponent >= -22 && exponent <= 22) {
      const power = POWERS_OF_TEN[exponent < 0 ? -exponent : exponent] as number;
      const value = exponent < 0 ? mantissa / power : mantissa * power;
      return negative ? -value : value;
    }
    return Number(bytes.toString('latin1', start, pos));
  }

  /** The text of the last number. */
  numberText(): string {
    return this.bytes.toString('latin1', this.tokenStart, this.pos);
  }

  /** Steps over `word` if it stands at the cursor. */
  take(word: string): boolean {
    this.peek();
    for (let at = 0; at < word.length; at++) if (this.bytes[this.pos + at] !== word.charCodeAt(at)) return false;
    this.pos += word.length;
    return true;
  }

  mark(): Mark {
    return { pos: this.pos, depth: this.#depth };
  }

  back(mark: Mark): void {
    this.pos = mark.pos;
    this.#depth = mark.depth;
  }

  /** Nothing but white space may follow. */
  end(): void {
    if (this.peek() !== -1) this.fail('syntax', 'expected the end');
  }
}

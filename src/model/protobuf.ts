/**
 * A `ByteSource` → fields of protobuf messages, by a cursor with a small window: payloads are stepped over by their length, so memory
 * does not grow with the file. No length is trusted: each is checked against the message around it before it is used.
 * Wire format: protobuf.dev/programming-guides/encoding.
 */
import { ProtobufError, type ProtobufFault } from './protobuf-error.ts';
import type { ByteRange, ByteSource } from './structure.ts';

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const WINDOW = 256 * 1024;
/** What is read first after a jump: the header of a tensor, as a rule, before the next jump. */
const FIRST_READ = 1024;
const MAX_DEPTH = 400;
const MAX_FIELD = 2 ** 29 - 1;
/** Strings and records a reader may make, in bytes: a graph of a million nodes stays far below. */
const BUDGET = 512 * 1024 ** 2;
/** One string; V8 takes about twice this. */
const MAX_VALUE = 256 * 1024 ** 2;

/** A cursor over one file. Everything it returns is its own copy. */
export class WireReader {
  /** The next byte to read. */
  position: number;
  /** End of the message being read. */
  limit: number;
  /** Wire type of the field being read. */
  wire = 0;
  readonly #source: ByteSource;
  readonly #what: string;
  readonly #window: Buffer;
  #start = 0;
  #end = 0;
  #step = FIRST_READ;
  #depth = 0;
  #budget = BUDGET;

  /** `what` the bytes are, for texts. */
  constructor(source: ByteSource, range: ByteRange = { start: 0, end: source.size }, what = 'file') {
    this.#source = source;
    this.#what = what;
    this.#window = Buffer.allocUnsafe(Math.min(WINDOW, range.end - range.start));
    this.position = range.start;
    this.limit = range.end;
  }

  /** Calls `take` for each field of the current message; a field it does not read is stepped over. */
  fields(take: (field: number) => void): void {
    while (this.position < this.limit) {
      const field = this.tag();
      const before = this.position;
      take(field);
      if (this.position === before) this.skip();
    }
  }

  /** Reads a field's number, and its wire type into `wire`. */
  tag(): number {
    const at = this.position;
    const tag = this.uint();
    const field = Math.floor(tag / 8);
    if (field === 0 || field > MAX_FIELD) throw this.#error('malformed', `field number ${field}`, at);
    this.wire = tag % 8;
    return field;
  }

  /** Steps over the value of the current field. */
  skip(): void {
    if (this.wire === WIRE.varint) this.varint();
    else if (this.wire === WIRE.bytes) this.position = this.#enter().end;
    else if (this.wire === WIRE.fixed32) this.#take(4);
    else if (this.wire === WIRE.fixed64) this.#take(8);
    else throw this.#error('malformed', `wire type ${this.wire}`);
  }

  /** Runs `body` inside the message of the current field. */
  message(body: (range: ByteRange) => void): ByteRange {
    const range = this.#enter();
    const outer = this.limit;
    if (++this.#depth > MAX_DEPTH) throw this.#error('too-deep', `messages nested more than ${MAX_DEPTH} deep`);
    this.limit = range.end;
    body(range);
    this.limit = outer;
    this.position = range.end;
    this.#depth--;
    return range;
  }

  /** Where the bytes of the current field lie; they are stepped over. */
  range(): ByteRange {
    const range = this.#enter();
    this.position = range.end;
    return range;
  }

  bytes(): Buffer {
    return Buffer.from(this.#payload());
  }

  /** Hands the bytes of the current field to `take`, in pieces that are valid until the next one; before that their number to `announce`. */
  pieces(take: (bytes: Buffer) => void, announce: (length: number) => void = () => {}): number {
    const { start, end } = this.#enter();
    announce(end - start);
    while (this.position < end) {
      this.#fill(1);
      const from = this.position - this.#start;
      const to = Math.min(this.#end, end) - this.#start;
      this.position = this.#start + to;
      take(this.#window.subarray(from, to));
    }
    return end - start;
  }

  /** UTF-8; invalid bytes become U+FFFD. */
  string(): string {
    return this.#payload().toString('utf8');
  }

  /** A varint as a signed 64-bit integer. */
  int64(): bigint {
    this.expect(WIRE.varint);
    return this.varint();
  }

  /** A varint as a signed 32-bit integer: enums and flags. */
  int32(): number {
    return Number(BigInt.asIntN(32, this.int64()));
  }

  float32(): number {
    this.expect(WIRE.fixed32);
    return this.#take(4).readFloatLE();
  }

  float64(): number {
    this.expect(WIRE.fixed64);
    return this.#take(8).readDoubleLE();
  }

  /** Elements of a repeated integer field, packed or not. */
  int64s(add: (value: bigint) => void): void {
    if (this.wire === WIRE.bytes) {
      this.message(() => {
        while (this.position < this.limit) add(this.varint());
      });
    } else {
      add(this.int64());
    }
  }

  /** Elements of a repeated float field, packed or not, as their four little-endian bytes. */
  fixed(width: 4 | 8, add: (bytes: Buffer) => void): void {
    if (this.wire === WIRE.bytes) {
      this.message(() => {
        while (this.position < this.limit) add(this.#take(width));
      });
    } else {
      this.expect(width === 4 ? WIRE.fixed32 : WIRE.fixed64);
      add(this.#take(width));
    }
  }

  /** Counts memory that a caller is about to keep. */
  charge(bytes: number): void {
    this.#budget -= bytes;
    if (this.#budget < 0) throw this.#error('too-big', 'the names and nodes alone take more than 512 MiB');
  }

  /** A base-128 integer up to 2^53: tags and lengths. */
  uint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 8; count++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw this.#error('malformed', 'a number too large for a tag or a length');
  }

  /** A varint, whatever the wire type, as a signed 64-bit integer: an element of a packed field. */
  varint(): bigint {
    let low = 0;
    let scale = 1;
    for (let count = 0; count < 7; count++) {
      const byte = this.#byte();
      low += (byte & 0x7f) * scale;
      if (byte < 0x80) return BigInt(low);
      scale *= 128;
    }
    let value = BigInt(low);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw this.#error('malformed', 'an integer of more than ten bytes');
  }

  fail(message: string, fault: ProtobufFault = 'malformed'): ProtobufError {
    return this.#error(fault, message);
  }

  #byte(): number {
    if (this.position >= this.limit) this.#overrun(this.position + 1);
    if (this.position < this.#start || this.position >= this.#end) this.#fill(1);
    return this.#window[this.position++ - this.#start] ?? 0;
  }

  #take(length: 4 | 8): Buffer {
    if (this.position + length > this.limit) this.#overrun(this.position + length);
    this.#fill(length);
    const at = this.position - this.#start;
    this.position += length;
    return this.#window.subarray(at, at + length);
  }

  /** The bytes of the current field, valid until the next read. */
  #payload(): Buffer {
    const { start, end } = this.#enter();
    const length = end - start;
    this.charge(length);
    if (length > MAX_VALUE) throw this.#error('too-big', `a name or text of ${length} bytes`);
    if (length <= this.#window.length) {
      this.#fill(length);
      this.position = end;
      return this.#window.subarray(start - this.#start, end - this.#start);
    }
    const bytes = this.#source.read(start, length);
    if (bytes.length < length) throw this.#error('truncated', `the ${this.#what} ends here, inside a value`);
    this.position = end;
    return Buffer.from(bytes.buffer, bytes.byteOffset, length);
  }

  #enter(): ByteRange {
    this.expect(WIRE.bytes);
    const length = this.uint();
    const end = this.position + length;
    if (end > this.limit) this.#overrun(end);
    return { start: this.position, end };
  }

  /** Throws where the current field has another wire type. */
  expect(wire: number): void {
    if (this.wire !== wire) throw this.#error('malformed', `wire type ${this.wire} where ${wire} belongs`);
  }

  /** Makes the window hold `length` bytes from the position on. */
  #fill(length: number): void {
    if (this.position >= this.#start && this.position + length <= this.#end) return;
    const isSequential = this.position >= this.#start && this.position <= this.#end;
    this.#step = isSequential ? Math.min(WINDOW, this.#step * 2) : FIRST_READ;
    const wanted = Math.min(this.#window.length, Math.max(length, this.#step));
    const bytes = this.#source.read(this.position, wanted);
    this.#window.set(bytes);
    this.#start = this.position;
    this.#end = this.position + bytes.length;
    if (bytes.length < length) throw this.#error('truncated', `the ${this.#what} ends here, inside a value`, this.#end);
  }

  #overrun(end: number): never {
    if (end > this.#source.size) {
      throw this.#error(
        'truncated',
        `the ${this.#what} ends at byte ${this.#source.size}, but a value goes on to byte ${end}`,
      );
    }
    throw this.#error('malformed', 'a value runs past the end of the message around it');
  }

  #error(fault: ProtobufFault, message: string, offset = this.position): ProtobufError {
    return new ProtobufError(fault, offset, message);
  }
}

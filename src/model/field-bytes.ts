/** The field that a `WireReader` stands at → its numbers or text as little-endian bytes, in chunks valid until the next one is taken. */
import { WIRE, type WireReader } from './protobuf.ts';
import type { ByteRange, ByteSource } from './structure.ts';

const CHUNK = 1024 * 1024;
const VARINT_CHUNK = 64 * 1024;

/** Bytes of the file, to its end at most: a model may name an offset that is no position in any file. */
export function* chunksOf(source: ByteSource, { start, end }: ByteRange): Iterable<Uint8Array> {
  const last = Math.min(end, source.size);
  for (let at = start; at < last; at += CHUNK) {
    const chunk = source.read(at, Math.min(CHUNK, last - at));
    yield chunk;
    if (chunk.length === 0) return;
  }
}

/** A varint field, packed or not: the low `width` bytes of each number. */
export function* integers(reader: WireReader, width: number): Iterable<Uint8Array> {
  const { start, end } =
    reader.wire === WIRE.bytes ? reader.range() : { start: reader.position, end: reader.position + 1 };
  // A forest of trees has millions of fields with one number each: none gets more room than its numbers can take.
  const room = Math.min(VARINT_CHUNK, (end - start) * width + 8);
  const buffer = new DataView(new ArrayBuffer(room));
  const bytes = new Uint8Array(buffer.buffer);
  let filled = 0;
  reader.position = start;
  while (reader.position < end) {
    if (filled + 8 > room) {
      yield bytes.subarray(0, filled);
      filled = 0;
    }
    // Eight bytes are written, `width` of them stay.
    buffer.setBigInt64(filled, reader.varint(), true);
    filled += width;
  }
  yield bytes.subarray(0, filled);
}

/** A field of floats or doubles, packed or not: they lie there as they are. */
export function* fixedNumbers(reader: WireReader, source: ByteSource): Iterable<Uint8Array> {
  const { position: start, wire } = reader;
  if (wire === WIRE.bytes) yield* chunksOf(source, reader.range());
  else {
    reader.skip();
    yield source.read(start, reader.position - start);
  }
}

/** A field of bytes: their number as a 64-bit integer, then they. */
export function* text(reader: WireReader, source: ByteSource): Iterable<Uint8Array> {
  const range = reader.range();
  yield new Uint8Array(BigInt64Array.of(BigInt(range.end - range.start)).buffer);
  yield* chunksOf(source, range);
}

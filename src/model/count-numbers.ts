/** A field of numbers that a `WireReader` stands at, packed or not → how many it holds; it is stepped over, and can be read. */
import { WIRE, type WireReader } from './protobuf.ts';

/** Bytes of a varint at most (protobuf.dev/programming-guides/encoding). */
const LONGEST_VARINT = 10;

/** `width` in bytes. */
export function countNumbers(reader: WireReader, width: 4 | 8 | 'varint'): number {
  if (reader.wire !== WIRE.bytes) {
    reader.expect(width === 'varint' ? WIRE.varint : width === 4 ? WIRE.fixed32 : WIRE.fixed64);
    reader.skip();
    return 1;
  }
  if (width === 'varint') return countVarints(reader);
  const { start, end } = reader.range();
  const count = (end - start) / width;
  if (!Number.isInteger(count)) throw reader.fail(`numbers of ${width} bytes in ${end - start} bytes`);
  return count;
}

function countVarints(reader: WireReader): number {
  let count = 0;
  let bytes = 0;
  reader.pieces((piece) => {
    for (let at = 0; at < piece.length; at++) {
      if (++bytes > LONGEST_VARINT) throw reader.fail('an integer of more than ten bytes');
      if ((piece[at] ?? 0) >= 0x80) continue;
      count++;
      bytes = 0;
    }
  });
  if (bytes > 0) throw reader.fail('an integer without an end');
  return count;
}

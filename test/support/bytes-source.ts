/** Bytes in memory → the `ByteSource` that stages read from. */
import type { ByteSource } from '../../src/model/structure.ts';

/** Its views are overwritten by the next read, as the contract allows, so that code which keeps one fails. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  let scratch = new Uint8Array(0);
  return {
    size: bytes.length,
    read(offset, length) {
      scratch.fill(0xee);
      const wanted = bytes.subarray(offset, offset + length);
      if (wanted.length > scratch.length) scratch = new Uint8Array(wanted.length);
      scratch.set(wanted);
      return scratch.subarray(0, wanted.length);
    },
  };
}

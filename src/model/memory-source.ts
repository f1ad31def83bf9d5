/** Bytes in memory → the `ByteSource` that the reader takes. */
import type { ByteSource } from './structure.ts';

export function memorySource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

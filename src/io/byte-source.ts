/** A path → random access to the bytes of one regular file. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { ByteSource } from '../model/structure.ts';
import { READ_ONLY, requireRegular } from './regular-file.ts';

/** Opens `path`; errors name `shown`. The size is that at opening: a file that shrinks later gives short reads. */
export function openSource(path: string, shown: string): ByteSource & { close(): void } {
  requireRegular(statSync(path), shown);
  const file = openSync(path, READ_ONLY);
  const { size } = fstatSync(file);
  let buffer = Buffer.allocUnsafe(64 * 1024);
  return {
    size,
    read(offset, length) {
      if (length > buffer.length) buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const count = readSync(file, buffer, filled, length - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
      return buffer.subarray(0, filled);
    },
    close: () => closeSync(file),
  };
}

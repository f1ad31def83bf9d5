/** A path → random access to the bytes of one regular file. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { MlserveError } from '../errors.ts';
import type { ByteSource } from '../model/structure.ts';

/** Opens `path`; errors name `shown`. The size is that at opening: a file that shrinks later gives short reads. */
export function openSource(path: string, shown: string): ByteSource & { close(): void } {
  requireRegular(statSync(path), shown);
  const file = openSync(path, 'r');
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

/** Pipes and devices have no size and may never end. */
export function requireRegular(stat: { isFile(): boolean; isDirectory(): boolean }, shown: string): void {
  if (stat.isFile()) return;
  const what = stat.isDirectory() ? 'is a folder, not a file' : 'is not a regular file';
  throw new MlserveError('FILE_UNREADABLE', `${shown}: ${what}`, { where: shown, hint: 'name a file' });
}

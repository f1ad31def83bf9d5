/** A file → its sha256, reading the next chunk while the current one is hashed. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { MlserveError } from '../errors.ts';
import { openRegular } from './regular-file.ts';

/** Two buffers of this size are all the memory it takes. */
const CHUNK = 1024 * 1024;

/** Lower-case hexadecimal sha256. A file that shrinks meanwhile is FILE_UNREADABLE. */
export async function hashFile(path: string, shown: string): Promise<string> {
  const file = await openRegular(path, shown);
  try {
    const { size } = await file.stat();
    return await hashBytes(file, size, shown);
  } finally {
    await file.close();
  }
}

async function hashBytes(file: FileHandle, end: number, shown: string): Promise<string> {
  const hash = createHash('sha256');
  let current = Buffer.allocUnsafe(CHUNK);
  let next = Buffer.allocUnsafe(CHUNK);
  let position = 0;
  const readInto = (buffer: Buffer, from: number) => file.read(buffer, 0, Math.min(CHUNK, end - from), from);
  let reading = readInto(current, position);
  while (position < end) {
    const { bytesRead } = await reading;
    if (bytesRead === 0) {
      throw new MlserveError('FILE_UNREADABLE', `${shown}: ends at byte ${position}, expected ${end}`, {
        where: shown,
      });
    }
    position += bytesRead;
    if (position < end) reading = readInto(next, position);
    hash.update(current.subarray(0, bytesRead));
    [current, next] = [next, current];
  }
  await reading;
  return hash.digest('hex');
}

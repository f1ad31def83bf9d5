/** A file → its sha256, reading the next chunk while the current one is hashed. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, read, readSync } from 'node:fs';
import { MlserveError } from '../errors.ts';
import { openRegular } from './regular-file.ts';

/** Two buffers of this size are all the memory it takes. A file that fits into one is read at once. */
const CHUNK = 1024 * 1024;

/** Lower-case hexadecimal sha256. A file that shrinks meanwhile is FILE_UNREADABLE. */
export async function hashFile(path: string, shown: string): Promise<string> {
  const file = openRegular(path, shown);
  try {
    const { size } = fstatSync(file);
    const hash = createHash('sha256');
    const readTo = size > CHUNK ? await addChunks(hash, file, size) : addSmall(hash, file, size);
    if (readTo === size) return hash.digest('hex');
    throw new MlserveError('FILE_UNREADABLE', `${shown}: ends at byte ${readTo}, expected ${size}`, { where: shown });
  } finally {
    closeSync(file);
  }
}

/** Both add the bytes up to `end`, and give how many there were. */
function addSmall(hash: Hash, file: number, end: number): number {
  const buffer = Buffer.allocUnsafe(end);
  let position = 0;
  for (let count = -1; count !== 0 && position < end; position += count) {
    count = readSync(file, buffer, position, end - position, position);
  }
  hash.update(buffer.subarray(0, position));
  return position;
}

async function addChunks(hash: Hash, file: number, end: number): Promise<number> {
  let current = Buffer.allocUnsafe(CHUNK);
  let next = Buffer.allocUnsafe(CHUNK);
  let position = 0;
  let reading = readInto(file, current, { position, end });
  for (let count = -1; position < end; ) {
    count = await reading;
    if (count === 0) break;
    position += count;
    if (position < end) reading = readInto(file, next, { position, end });
    hash.update(current.subarray(0, count));
    [current, next] = [next, current];
  }
  return position;
}

function readInto(
  file: number,
  buffer: Buffer,
  { position, end }: { readonly position: number; readonly end: number },
): Promise<number> {
  return new Promise((resolve, reject) => {
    read(file, buffer, 0, Math.min(CHUNK, end - position), position, (error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}

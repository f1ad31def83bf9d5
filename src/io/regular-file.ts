/** A path → a regular file, opened. Pipes, sockets and devices have no size and may never end: they are refused without waiting for them. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { MlserveError } from '../errors.ts';

/** To read. Opening a pipe would wait for somebody to write to it; Windows has neither the flag nor the trouble. */
export const READ_ONLY: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Its descriptor. Errors name `shown`. */
export function openRegular(path: string, shown: string): number {
  const file = openSync(path, READ_ONLY);
  try {
    requireRegular(fstatSync(file), shown);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

export function requireRegular(stat: { isFile(): boolean; isDirectory(): boolean }, shown: string): void {
  if (stat.isFile()) return;
  const what = stat.isDirectory() ? 'is a folder, not a file' : 'is not a regular file';
  throw new MlserveError('FILE_UNREADABLE', `${shown}: ${what}`, { where: shown, hint: 'name a file' });
}

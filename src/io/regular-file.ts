/** A path → an open regular file. Pipes, sockets and devices have no size and may never end: they are refused without waiting for them. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { MlserveError } from '../errors.ts';

/** To read. Opening a pipe would wait for somebody to write to it; Windows has neither the flag nor the trouble. */
export const READ_ONLY: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Errors name `shown`. */
export async function openRegular(path: string, shown: string): Promise<FileHandle> {
  const file = await open(path, READ_ONLY);
  try {
    requireRegular(await file.stat(), shown);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

export function requireRegular(stat: { isFile(): boolean; isDirectory(): boolean }, shown: string): void {
  if (stat.isFile()) return;
  const what = stat.isDirectory() ? 'is a folder, not a file' : 'is not a regular file';
  throw new MlserveError('FILE_UNREADABLE', `${shown}: ${what}`, { where: shown, hint: 'name a file' });
}

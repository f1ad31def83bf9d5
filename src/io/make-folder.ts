/**
 * The path of a folder → that folder, and the first of those above it that had to be made. Not `mkdir` with `recursive`: Node tries
 * for ever where a folder that is there answers that it is not, as those of /proc do.
 */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MlserveError } from '../errors.ts';
import { isMissing } from './file-error.ts';

/** Undefined where it was there. */
export async function makeFolder(path: string): Promise<string | undefined> {
  const refused = await tryToMake(path);
  if (refused === 'made') return path;
  if (refused === 'there') return undefined;
  const parent = dirname(path);
  if (!isMissing(refused) || parent === path) throw refused;
  const first = await makeFolder(parent);
  const again = await tryToMake(path);
  if (again === 'made') return first ?? path;
  if (again === 'there') return first;
  if (!isMissing(again)) throw again;
  const hint = 'choose another folder';
  throw new MlserveError('FILE_UNREADABLE', `${path}: no folder can be made here`, { where: path, hint, cause: again });
}

async function tryToMake(path: string): Promise<unknown> {
  try {
    await mkdir(path);
    return 'made';
  } catch (error) {
    // Whatever the reason: on a disk that is there to read only it may be another than that it exists.
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    return isFolder ? 'there' : error;
  }
}

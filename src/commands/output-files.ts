/** Flags that name files to write → USAGE where two of them are one file, FILE_UNREADABLE where one is a folder. To be asked before any work. */
import { basename, dirname, join, resolve } from 'node:path';
import { MlserveError } from '../errors.ts';
import type { Io } from '../ports.ts';

/** The path that each flag was given. Of two results in one file the first would be lost. */
export async function requireOutputFiles(
  given: Readonly<Record<string, string | undefined>>,
  { files, cwd }: Pick<Io, 'files' | 'cwd'>,
): Promise<void> {
  const flagOf = new Map<string, string>();
  for (const [flag, path] of Object.entries(given)) {
    if (path === undefined) continue;
    const place = await placeOf(resolve(cwd, path), files);
    if ((await files.stat(place))?.kind === 'directory') {
      throw new MlserveError('FILE_UNREADABLE', `${path}: is a folder, not a file`, {
        where: path,
        hint: `name a file with ${flag}`,
      });
    }
    const other = flagOf.get(place);
    if (other !== undefined) {
      throw new MlserveError('USAGE', `${other} and ${flag} name the same file, and one result would be lost`, {
        where: path,
        hint: 'give each a file of its own',
      });
    }
    flagOf.set(place, flag);
  }
}

/** Where a file is or would be, without symlinks. */
async function placeOf(path: string, files: Io['files']): Promise<string> {
  try {
    return await files.realPath(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(await placeOf(folder, files), basename(path));
  }
}

/** Files that were hashed → whether what was loaded of them later are still the same files. */
import { MlserveError } from '../errors.ts';
import type { FileStat, Files, Runtime, Session } from '../ports.ts';

/** By the key of a model: its file and its data files. */
export type ModelStamps = ReadonlyMap<string, readonly FileStamp[]>;

/** What tells a file that was replaced or written to from the one that was hashed. */
export interface FileStamp extends Pick<FileStat, 'size' | 'mtimeMs' | 'ctimeMs' | 'inode'> {
  readonly path: string;
}

/** To be taken before the file is opened to be hashed. FILE_NOT_FOUND when it is gone. */
export async function stampFile(path: string, files: Files): Promise<FileStamp> {
  const { size = -1, mtimeMs = -1, ctimeMs = -1, inode = -1 } = (await files.stat(await files.realPath(path))) ?? {};
  return { path, size, mtimeMs, ctimeMs, inode };
}

/** Throws LOCK_MISMATCH for the first file that is another one than was hashed, FILE_NOT_FOUND for one that is gone. */
export async function requireSameFiles(stamps: readonly FileStamp[], files: Files): Promise<void> {
  for (const was of stamps) {
    const is = await stampFile(was.path, files);
    const isSame = (['size', 'mtimeMs', 'ctimeMs', 'inode'] as const).every((key) => was[key] === is[key]);
    if (isSame) continue;
    throw new MlserveError('LOCK_MISMATCH', 'the file was changed or replaced after its digest was computed', {
      where: was.path,
      hint: 'start again, and give a new model a new file name instead of writing over one that is being served',
    });
  }
}

/** The same runtime, whose sessions are handed out only when the files of the model are the hashed ones after the load too. For one model. */
export function checkedRuntime(runtime: Runtime, stamps: readonly FileStamp[], files: Files): Runtime {
  const checked = async (session: Session): Promise<Session> => {
    try {
      await requireSameFiles(stamps, files);
      return session;
    } catch (error) {
      await session.release();
      throw error;
    }
  };
  return {
    version: runtime.version,
    loadInline: async (path, options) => checked(await runtime.loadInline(path, options)),
    loadInWorker: async (path, options, onDeath) => checked(await runtime.loadInWorker(path, options, onDeath)),
  };
}

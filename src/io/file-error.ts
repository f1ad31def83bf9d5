/** A failed system call → the `MlserveError` that says which file and what to do. */
import { MlserveError } from '../errors.ts';

/** Whether the system said that nothing is at that path. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** `error` of a file operation on `path` as FILE_NOT_FOUND or FILE_UNREADABLE; an `MlserveError` stays as it is. */
export function fileError(error: unknown, path: string): MlserveError {
  if (error instanceof MlserveError) return error;
  if (isMissing(error)) {
    // The system names the folder or source that is missing when it is not `path` itself.
    return new MlserveError('FILE_NOT_FOUND', `${path} does not exist`, {
      where: (error as NodeJS.ErrnoException).path ?? path,
      hint: 'check the path; relative paths start at the working folder',
      cause: error,
    });
  }
  const code = codeOf(error);
  const [what, hint] = REASONS[code ?? ''] ?? [error instanceof Error ? error.message : String(error), undefined];
  return new MlserveError('FILE_UNREADABLE', `${path}: ${what}`, {
    where: path,
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

/** `work` on `path`, whose failure is a `fileError`. */
export async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error, path);
  }
}

const REASONS: Record<string, readonly [what: string, hint: string]> = {
  EACCES: ['permission denied', 'check the owner and mode of the file and of its folder'],
  EPERM: ['operation not permitted', 'check the owner and mode of the file and of its folder'],
  EROFS: ['the file system is read-only', 'choose another folder'],
  EISDIR: ['is a folder, not a file', 'name a file'],
  EEXIST: ['a file is where a folder must be', 'choose another folder'],
  ENOSPC: ['no space left on the disk', 'free some space and run again; nothing was changed'],
  EDQUOT: ['disk quota exceeded', 'free some space and run again; nothing was changed'],
  EFBIG: ['the file would be too large for this file system', 'choose another disk'],
  ELOOP: ['too many symbolic links', 'the links point at each other: name the real file'],
  EMFILE: ['too many open files', 'raise "ulimit -n"'],
  ENAMETOOLONG: ['the name is too long', 'choose a shorter name'],
  ENOTEMPTY: ['the folder is not empty', 'remove its files first'],
  ERR_FS_FILE_TOO_LARGE: ['larger than 2 GiB, too large to be read at once', 'name a smaller file'],
  ERR_INVALID_ARG_VALUE: ['not a possible path (it holds a NUL byte)', 'check the path'],
  ERR_ENCODING_INVALID_ENCODED_DATA: ['is not UTF-8 text', 'save the file as UTF-8'],
};

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

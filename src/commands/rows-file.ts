/** A file of rows, or standard input → its bytes, and how many of them have been read. */
import type { FileStat, Files } from '../ports.ts';

export interface RowsFile {
  readonly path: string;
  /** Undefined for standard input and pipes. */
  readonly size: number | undefined;
  /** Bytes so far. */
  read(): number;
  chunks(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** `-` is standard input. Throws FILE_NOT_FOUND, before anything is answered. */
export async function findRows(path: string, files: Files): Promise<RowsFile> {
  const stat = path === '-' ? undefined : await statOf(path, files);
  let read = 0;
  return {
    path,
    size: stat?.kind === 'file' ? stat.size : undefined,
    read: () => read,
    async *chunks(signal) {
      for await (const chunk of files.stream(path, signal)) {
        read += chunk.length;
        yield chunk;
      }
    },
  };
}

async function statOf(path: string, files: Files): Promise<FileStat | undefined> {
  const own = await files.stat(path);
  try {
    const target = await files.realPath(path);
    return own?.kind === 'symlink' ? await files.stat(target) : own;
  } catch (error) {
    // `/dev/stdin` and what shells make of `<(command)` are links to pipes, which have no path.
    if (own?.kind === 'symlink') return undefined;
    throw error;
  }
}

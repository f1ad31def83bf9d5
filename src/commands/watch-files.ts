/** Paths of files → a call whenever one of them has changed and they are quiet again. */
import type { Files } from '../ports.ts';
import { stampFile } from './same-files.ts';

export interface WatchOptions {
  /** Absolute; asked anew at each look. */
  readonly paths: () => readonly string[];
  readonly files: Files;
  readonly onChange: () => Promise<void>;
  /** What `lookAt` saw before the files were read; the first look, when absent. */
  readonly known?: string;
  /** Between two looks. A look costs microseconds a file, and works on every file system, also where a folder is swapped by a link. */
  readonly everyMs: number;
}

/** The state of files, to be compared with another one. */
export async function lookAt(paths: readonly string[], files: Files): Promise<string> {
  // A file that is not there is a state of it, like any other.
  const stamps = await Promise.all(paths.map((path) => stampFile(path, files).catch(() => undefined)));
  return JSON.stringify(stamps);
}

/** Calls back when two looks in a row see the same, and other than at the last call: never on a file half written. Returns the function that stops it. */
export function watchFiles({ paths, files, onChange, everyMs, ...start }: WatchOptions): () => void {
  const look = (): Promise<string> => lookAt(paths(), files);
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let known = start.known;
  let seen: string | undefined;
  const turn = async (): Promise<void> => {
    const now = await look();
    known ??= now;
    if (now !== known && now === seen) {
      await onChange();
      known = await look();
    }
    seen = now;
    if (!isStopped) timer = setTimeout(() => void turn(), everyMs);
  };
  void turn();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

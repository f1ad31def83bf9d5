/** The files of a project → a call whenever they have changed and are quiet again. */
import { join } from 'node:path';
import { LOCK_FILE } from '../lock/lockfile.ts';
import type { Files } from '../ports.ts';
import { CONFIG_FILE } from './project.ts';
import { stampFile } from './same-files.ts';

/** Looking costs microseconds a file, and works on every file system, also where a folder is swapped by a link. */
const EVERY_MS = 300;

export interface WatchOptions {
  /** Absolute path of the project. */
  readonly dir: string;
  /** Absolute paths of model and data files, asked anew after each change. */
  readonly modelFiles: () => readonly string[];
  readonly files: Files;
  readonly onChange: () => Promise<void>;
}

/** Calls back when two looks in a row see the same, and other than at the last call: never on a file half written. Returns the function that stops it. */
export function watchProject({ dir, modelFiles, files, onChange }: WatchOptions): () => void {
  const look = async (): Promise<string> => {
    const paths = [join(dir, CONFIG_FILE), join(dir, LOCK_FILE), ...modelFiles()];
    // A file that is not there is a state of it, like any other.
    const stamps = await Promise.all(paths.map((path) => stampFile(path, files).catch(() => undefined)));
    return JSON.stringify(stamps);
  };
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let known: string | undefined;
  let seen: string | undefined;
  const turn = async (): Promise<void> => {
    const now = await look();
    known ??= now;
    if (now !== known && now === seen) {
      await onChange();
      known = await look();
    }
    seen = now;
    if (!isStopped) timer = setTimeout(() => void turn(), EVERY_MS);
  };
  void turn();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

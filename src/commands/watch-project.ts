/** The files of a project → a call whenever they have changed and are quiet again. */
import { join } from 'node:path';
import { LOCK_FILE } from '../lock/lockfile.ts';
import type { Files } from '../ports.ts';
import { CONFIG_FILE } from './project.ts';
import { watchFiles } from './watch-files.ts';

const EVERY_MS = 300;

export interface WatchOptions {
  /** Absolute path of the project. */
  readonly dir: string;
  /** Absolute paths of model and data files, asked anew after each change. */
  readonly modelFiles: () => readonly string[];
  readonly files: Files;
  readonly onChange: () => Promise<void>;
}

/** Never on a file half written. Returns the function that stops it. */
export function watchProject({ dir, modelFiles, files, onChange }: WatchOptions): () => void {
  const paths = (): readonly string[] => [join(dir, CONFIG_FILE), join(dir, LOCK_FILE), ...modelFiles()];
  return watchFiles({ paths, files, onChange, everyMs: EVERY_MS });
}

/** The port that commits of a git repository are read through. Types only. */

/** Files of a commit, copied one by one into a temp folder. Paths are relative to the root of the repository, POSIX separators. */
export interface Checkout {
  /** The full id of the commit. */
  readonly commit: string;
  /** Where `Io.cwd` is in the repository; empty for its root. */
  readonly prefix: string;
  /** Absolute path of the temp folder, which is made with the first file. */
  readonly folder: string;
  /** Undefined when the commit has nothing there. */
  kindOf(path: string): Promise<'file' | 'directory' | 'other' | undefined>;
  /** Copies a file, byte by byte as it was committed, to the same path below `folder`. Throws FILE_UNREADABLE for a pointer of Git LFS. */
  take(path: string): Promise<void>;
  /** Removes the folder; nothing is copied afterwards. To be called in every case. */
  discard(): Promise<void>;
}

/** A working folder → the `Files` port on the real file system: atomic writes, random access, streamed hashing. */

import { Buffer } from 'node:buffer';
import { constants } from 'node:fs';
import { copyFile, lstat, open, realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { FileStat, Files } from '../ports.ts';
import { replaceAtomically, sync } from './atomic-write.ts';
import { openSource } from './byte-source.ts';
import { guarded, isMissing } from './file-error.ts';
import { glob } from './glob.ts';
import { hashFile } from './hash-file.ts';
import { makeFolder } from './make-folder.ts';
import { openRegular } from './regular-file.ts';
import { stageFolder } from './staged-folder.ts';
import { streamFile } from './stream-file.ts';
import { writeChunks } from './write-chunks.ts';

/** Every path is taken relative to `cwd`, an absolute path. */
export function realFiles(cwd: string): Files {
  const at = (path: string): string => resolve(cwd, path);
  return {
    readText: (path) => guarded(path, () => readText(at(path), path)),
    writeAtomic: (path, content) =>
      guarded(path, () =>
        replaceAtomically(at(path), async (temp, mode) => {
          const file = await open(temp, 'wx', mode ?? 0o666);
          try {
            await file.writeFile(content);
            await file.sync();
          } finally {
            await file.close();
          }
        }),
      ),
    append: (path, text) =>
      guarded(path, async () => {
        await makeFolder(dirname(at(path)));
        const file = await open(at(path), 'a');
        try {
          const bytes = Buffer.from(text);
          const { bytesWritten } = await file.write(bytes);
          if (bytesWritten < bytes.length)
            throw new Error(`only ${bytesWritten} of ${bytes.length} bytes were written`);
        } finally {
          await file.close();
        }
      }),
    writeChunks: (path, chunks) => writeChunks(at(path), path, chunks),
    stage: (target, options) => stageFolder(at(target), target, options),
    copyAtomic: (from, to) =>
      guarded(from, () =>
        replaceAtomically(at(to), async (temp) => {
          await copyFile(at(from), temp, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
          await sync(temp);
        }),
      ),
    stat: (path) => guarded(path, () => statOf(at(path))),
    realPath: (path) => guarded(path, () => realpath(at(path))),
    glob: (root, pattern) => guarded(root, () => glob(at(root), pattern)),
    open: (path) => guarded(path, async () => openSource(at(path), path)),
    sha256: (path) => guarded(path, () => hashFile(at(path), path)),
    stream: (path, signal) => streamFile(path === '-' ? path : at(path), path, signal),
  };
}

async function readText(path: string, shown: string): Promise<string> {
  const file = await openRegular(path, shown);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile());
  } finally {
    await file.close();
  }
}

async function statOf(path: string): Promise<FileStat | undefined> {
  try {
    const stat = await lstat(path);
    const kind = stat.isFile()
      ? 'file'
      : stat.isDirectory()
        ? 'directory'
        : stat.isSymbolicLink()
          ? 'symlink'
          : 'other';
    const { size, nlink: links, ino: inode, mtimeMs, ctimeMs } = stat;
    return { size, kind, links, inode, mtimeMs, ctimeMs };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** A target path × a way to write a file → the target replaced in one step, or left as it was. */
import { randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { chmod, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { isMissing } from './file-error.ts';
import { watchSignals } from './interruption.ts';
import { makeFolder } from './make-folder.ts';

/** Temp files not yet renamed; removed when the process ends in the middle. */
const pending = new Set<string>();
let isListening = false;

/**
 * Calls `write(temp, mode)` with the name of a file to make beside `path`, then renames it over `path` and syncs the folder.
 * `mode` is that of the file being replaced. `write` must sync what it wrote. A symlink keeps pointing at the (new) file.
 * A signal before the rename is INTERRUPTED, and no file is left.
 */
export async function replaceAtomically(
  path: string,
  write: (temp: string, mode: number | undefined) => Promise<void>,
): Promise<void> {
  await makeFolder(dirname(path));
  const target = await realpath(path).catch((error: unknown) => {
    if (isMissing(error)) return path;
    throw error;
  });
  const old = await stat(target).catch(() => undefined);
  const mode = old === undefined ? undefined : old.mode & 0o777;
  const temp = join(
    dirname(target),
    `.${basename(target).slice(0, 100)}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`,
  );
  remember(temp);
  const { signalled, stop } = watchSignals();
  const writing = write(temp, mode);
  try {
    await Promise.race([signalled, writing]);
    if (mode !== undefined) await chmod(temp, mode);
    await rename(temp, target);
  } catch (error) {
    await unlink(temp).catch(() => {});
    // After a signal the writing goes on until it or the process ends, and may make the file only now.
    void Promise.allSettled([writing])
      .then(() => unlink(temp).catch(() => {}))
      .then(() => pending.delete(temp));
    throw error;
  } finally {
    stop();
  }
  pending.delete(temp);
  await syncFolder(dirname(target));
}

/** Flushes a file that was written by someone else. */
export async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } catch (error) {
    // Windows refuses to flush a read-only handle; there the data reach the disk with the rename's journal.
    if (process.platform !== 'win32') throw error;
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  try {
    await sync(path);
  } catch {
    // Some file systems cannot flush a folder. The rename is done; only its survival of a power cut is uncertain.
  }
}

function remember(temp: string): void {
  pending.add(temp);
  if (isListening) return;
  isListening = true;
  process.on('exit', () => {
    for (const path of pending) {
      try {
        unlinkSync(path);
      } catch {
        // Not made yet, or gone already.
      }
    }
  });
}

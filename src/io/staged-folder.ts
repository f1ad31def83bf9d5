/** A target folder → a staging folder on the same disk, whose files move into the target all together or not at all. */
import { randomBytes } from 'node:crypto';
import { rmdirSync, rmSync } from 'node:fs';
import { lstat, mkdir, open, readdir, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, sep } from 'node:path';
import process from 'node:process';
import { MlserveError } from '../errors.ts';
import type { StagedFile, StagedFolder } from '../ports.ts';
import { fileError, guarded, isMissing } from './file-error.ts';
import { type Interruption, watchSignals } from './interruption.ts';
import { makeFolder } from './make-folder.ts';

/** Staging folders, and the first of the folders made for them; removed when the process ends in the middle. */
const pending = new Map<string, string | undefined>();
let isListening = false;

/** Inside a target that exists (its parent may not be ours to write), beside one that does not; a trial in neither: both may be there to read only. */
export async function stageFolder(
  target: string,
  shown: string,
  { isTrial } = { isTrial: false },
): Promise<StagedFolder> {
  try {
    const existing = await realpath(target).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (existing !== undefined && !(await lstat(existing)).isDirectory()) {
      throw new MlserveError('FILE_UNREADABLE', `${shown}: is a file, not a folder`, {
        where: shown,
        hint: 'name a folder',
      });
    }
    const base = existing ?? target;
    const made = existing === undefined && !isTrial ? await makeFolder(dirname(target)) : undefined;
    const parent = isTrial ? tmpdir() : (existing ?? dirname(target));
    const prefix =
      existing === undefined && !isTrial ? `.${basename(target).slice(0, 100)}.staged-` : '.mlserve-staged-';
    const path = join(parent, `${prefix}${randomBytes(6).toString('hex')}`);
    remember(path, made);
    await mkdir(path);
    const interruption = watchSignals();
    return staged({ path, base, exists: existing !== undefined, madeParent: made, shown, interruption });
  } catch (error) {
    throw fileError(error, shown);
  }
}

interface Staging {
  readonly path: string;
  readonly base: string;
  readonly exists: boolean;
  /** The first parent folder of the target that had to be made; it goes away again when nothing is kept. */
  readonly madeParent: string | undefined;
  readonly shown: string;
  /** From here to the end: what is staged is removed when a signal comes, unless it is being moved already. */
  readonly interruption: Interruption;
}

function staged(staging: Staging): StagedFolder {
  const { path, base, exists, shown } = staging;
  const { signalled, stop } = staging.interruption;
  let isOpen = true;
  // It stays among the pending: work that nobody waits for any more may write into it until the process ends.
  const close = async (): Promise<void> => {
    isOpen = false;
    // A file made meanwhile makes it fail; it is tried again when the process ends, and must not hide why it is removed.
    await rm(path, { recursive: true, force: true }).catch(() => {});
  };
  return {
    path,
    compare: () => guarded(shown, () => Promise.race([signalled, compareFiles(path, base)])),
    commit: (files, obsolete = []) =>
      guarded(shown, async () => {
        await Promise.race([signalled, undefined]);
        if (exists) {
          await moveAll({ files, obsolete }, path, base);
          await close();
        } else {
          await rename(path, base);
          isOpen = false;
          pending.delete(path);
        }
      }),
    discard: () =>
      guarded(shown, async () => {
        stop();
        if (!isOpen) return;
        await close();
        if (staging.madeParent !== undefined) await removeEmpty(dirname(base), staging.madeParent);
      }),
  };
}

async function compareFiles(from: string, to: string): Promise<readonly StagedFile[]> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(from, join(entry.parentPath, entry.name)));
  return await Promise.all(
    paths.sort().map(async (path): Promise<StagedFile> => {
      const { size } = await lstat(join(from, path));
      const state = await stateOf(join(from, path), join(to, path));
      return { path: path.split(sep).join('/'), bytes: size, state };
    }),
  );
}

async function stateOf(staged: string, present: string): Promise<StagedFile['state']> {
  const [now, old] = [await lstat(staged), await lstat(present).catch(missing)];
  if (old === undefined) return 'new';
  return old.isFile() && old.size === now.size && (await sameBytes(staged, present)) ? 'same' : 'different';
}

async function sameBytes(one: string, two: string): Promise<boolean> {
  const files = await Promise.all([open(one, 'r'), open(two, 'r')]);
  const buffers = [Buffer.allocUnsafe(1 << 20), Buffer.allocUnsafe(1 << 20)] as const;
  try {
    for (;;) {
      const [first, second] = await Promise.all([files[0].read(buffers[0]), files[1].read(buffers[1])]);
      const ends = [buffers[0].subarray(0, first.bytesRead), buffers[1].subarray(0, second.bytesRead)] as const;
      if (!ends[0].equals(ends[1])) return false;
      if (first.bytesRead === 0) return true;
    }
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

interface Moves {
  readonly files: readonly string[];
  readonly obsolete: readonly string[];
}

/** Moves files one by one; what was in their place waits in the staging folder and comes back when one of them fails. */
async function moveAll({ files, obsolete }: Moves, from: string, to: string): Promise<void> {
  const undo: (() => Promise<unknown>)[] = [];
  const setAside = async (target: string): Promise<void> => {
    const kept = join(from, `.replaced-${randomBytes(6).toString('hex')}`);
    await rename(target, kept);
    undo.push(() => rename(kept, target));
  };
  try {
    for (const file of files) {
      const target = join(to, file);
      const made = await makeFolder(dirname(target));
      if (made !== undefined) undo.push(() => removeEmpty(dirname(target), made));
      if ((await lstat(target).catch(missing)) !== undefined) await setAside(target);
      await rename(join(from, file), target);
      undo.push(() => rm(target));
    }
    for (const file of obsolete) {
      if ((await lstat(join(to, file)).catch(missing)) !== undefined) await setAside(join(to, file));
    }
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
  for (const file of obsolete) {
    const [first = ''] = relative(to, dirname(join(to, file))).split(sep);
    if (first !== '') await removeEmpty(dirname(join(to, file)), join(to, first));
  }
}

/** Removes `folder` and its parents up to and including `last`, as long as they are empty. */
async function removeEmpty(folder: string, last: string): Promise<void> {
  for (let at = folder; at.length >= last.length; at = dirname(at)) {
    const isGone = await rmdir(at).then(
      () => true,
      () => false,
    );
    if (!isGone) return;
  }
}

function missing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
  return undefined;
}

function remember(path: string, madeParent: string | undefined): void {
  pending.set(path, madeParent);
  if (isListening) return;
  isListening = true;
  process.on('exit', () => {
    for (const [folder, made] of pending) {
      try {
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      } catch {
        // The command has said what it did; its last words are not that a temporary folder stays.
      }
      if (made !== undefined) removeEmptyNow(dirname(folder), made);
    }
  });
}

/** `removeEmpty` for the end of the process, when nothing can be awaited any more. */
function removeEmptyNow(folder: string, last: string): void {
  try {
    for (let at = folder; at.length >= last.length; at = dirname(at)) rmdirSync(at);
  } catch {
    // Something else is in it by now.
  }
}

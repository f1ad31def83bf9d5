/** A folder × the name of a commit → its files, copied out of the repository one by one; the work tree and the index are not touched. */
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Checkout } from '../compare/checkout.ts';
import { MlserveError } from '../errors.ts';
import { guarded } from './file-error.ts';
import { hashFile } from './hash-file.ts';

/** Asked of the object store of this machine alone: nothing is fetched for a partial clone. */
const LOCAL = { GIT_NO_LAZY_FETCH: '1', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
/** Pointers are shorter by far; so are no models. */
const LONGEST_POINTER = 1024;
const POINTER = 'version https://git-lfs.github.com/spec/';

interface Entry {
  readonly mode: string;
  readonly object: string;
}

export async function checkOut(cwd: string, revision: string): Promise<Checkout | undefined> {
  // Git would take it for a flag.
  if (revision === '' || revision.startsWith('-')) return undefined;
  const [id, prefix] = await Promise.all([
    git(cwd, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]),
    git(cwd, ['rev-parse', '--show-prefix']),
  ]);
  if (id === undefined || prefix === undefined) return undefined;
  const commit = id.trim();
  const folder = join(tmpdir(), `mlserve-revision-${randomUUID()}`);
  let made: Promise<unknown> | undefined;
  let last: Promise<void> | undefined;
  let isDiscarded = false;
  const entryAt = (path: string): Promise<Entry | undefined> => findEntry(cwd, commit, path);
  return {
    commit,
    prefix: prefix.trim().replace(/\/$/, ''),
    folder,
    async kindOf(path) {
      if (path === '') return 'directory';
      const entry = await entryAt(path);
      if (entry === undefined) return undefined;
      return entry.mode === '040000' ? 'directory' : entry.mode.startsWith('100') ? 'file' : 'other';
    },
    async take(path) {
      const entry = await entryAt(path);
      const where = `${revision}:${path}`;
      if (entry === undefined) throw new MlserveError('FILE_NOT_FOUND', 'the commit has no such file', { where });
      if (!entry.mode.startsWith('100')) {
        throw new MlserveError('FILE_UNREADABLE', 'in the commit this is a link, a folder or a submodule, not a file', {
          where,
        });
      }
      // Whoever was interrupted may still be at work, and must not make the folder again.
      if (isDiscarded) throw new MlserveError('INTERRUPTED', 'stopped');
      made ??= guarded(folder, () => mkdir(folder, { mode: 0o700 }));
      last = (last ?? made).then(() => copyObject(cwd, entry.object, join(folder, path), where));
      await last;
    },
    async discard() {
      isDiscarded = true;
      await last?.catch(() => {});
      const isMade = await made?.then(
        () => true,
        () => false,
      );
      if (isMade) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function findEntry(cwd: string, commit: string, path: string): Promise<Entry | undefined> {
  const listing = await git(cwd, ['ls-tree', '-z', '--full-tree', commit, '--', path]);
  for (const line of listing?.split('\0') ?? []) {
    const [head = '', name] = line.split('\t');
    const [mode, , object] = head.split(' ');
    if (name === path && mode !== undefined && object !== undefined) return { mode, object };
  }
  return undefined;
}

/** Straight into the file, for a model may be larger than memory. */
async function copyObject(cwd: string, object: string, to: string, where: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const file = await open(to, 'wx+');
  try {
    const env = { ...process.env, ...LOCAL };
    const child = spawn('git', ['cat-file', 'blob', object], { cwd, env, stdio: ['ignore', file.fd, 'ignore'] });
    const [code] = await once(child, 'close');
    if (code !== 0) {
      throw new MlserveError('FILE_UNREADABLE', 'git does not have the content of the file', {
        where,
        hint: 'fetch it into this clone: "git fetch --refetch", or "git fetch --unshallow"',
      });
    }
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST_POINTER), 0, LONGEST_POINTER, 0);
    const text = buffer.toString('latin1', 0, bytesRead);
    if (bytesRead < LONGEST_POINTER && text.startsWith(POINTER)) await copyLarge(cwd, text, to, where);
  } finally {
    await file.close();
  }
}

/** What a pointer of Git LFS stands for, out of what this clone has fetched. Its digest says whether it is that. */
async function copyLarge(cwd: string, pointer: string, to: string, where: string): Promise<void> {
  const [, oid = ''] = /^oid sha256:([0-9a-f]{64})$/m.exec(pointer) ?? [];
  const common = await git(cwd, ['rev-parse', '--path-format=absolute', '--git-common-dir']);
  const stored = join(common?.trim() ?? '', 'lfs', 'objects', oid.slice(0, 2), oid.slice(2, 4), oid);
  try {
    await copyFile(stored, to);
  } catch {
    throw new MlserveError(
      'FILE_UNREADABLE',
      'the commit holds a pointer of Git LFS, and its file is not in this clone',
      {
        where,
        hint: 'fetch it: "git lfs fetch REMOTE COMMIT"',
      },
    );
  }
  if ((await hashFile(to, where)) === oid) return;
  throw new MlserveError('FILE_UNREADABLE', 'what this clone has stored for a pointer of Git LFS is another file', {
    where,
    hint: 'run "git lfs fsck", then fetch it again',
  });
}

/** Undefined when the command fails, whatever the reason. */
function git(cwd: string, words: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...LOCAL }, windowsHide: true, encoding: 'utf8' } as const;
    execFile('git', [...words], options, (error, stdout) => resolve(error === null ? stdout : undefined));
  });
}

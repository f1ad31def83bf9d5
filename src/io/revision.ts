/** A folder → what git says of it: revision, origin, time, and whether its files differ. Undefined without git or a repository. */
import { execFile } from 'node:child_process';
import type { Revision } from '../image/labels.ts';

const MOST_MS = 10_000;

export async function gitRevision(folder: string): Promise<Revision | undefined> {
  const [head, remote, status] = await Promise.all([
    git(folder, ['log', '-1', '--format=%H %ct']),
    git(folder, ['remote', 'get-url', 'origin']),
    git(folder, ['status', '--porcelain', '--', '.']),
  ]);
  const [revision, time] = head?.trim().split(' ') ?? [];
  if (revision === undefined || revision === '' || time === undefined) return undefined;
  const source = remote === undefined ? undefined : withoutCredentials(remote.trim());
  return { revision, source, isDirty: status === undefined || status.trim() !== '', committedAt: Number(time) };
}

/** A remote may carry a user name, a password or a token; labels are public. A path of this machine says nothing to others. */
export function withoutCredentials(remote: string): string | undefined {
  if (URL.canParse(remote) && remote.includes('://')) {
    const url = new URL(remote);
    if (url.protocol === 'file:') return undefined;
    url.username = '';
    url.password = '';
    url.search = '';
    return url.href;
  }
  const [, host, path] = /^(?:[^@/]+@)?([\w.-]+):(?!\\)(.+)$/.exec(remote) ?? [];
  // One letter is a drive of Windows.
  return host === undefined || path === undefined || host.length === 1
    ? undefined
    : `ssh://${host}/${path.replace(/^\/+/, '')}`;
}

/** Undefined when the command fails, whatever the reason. */
function git(folder: string, words: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { cwd: folder, timeout: MOST_MS, windowsHide: true, encoding: 'utf8' } as const;
    execFile('git', [...words], options, (error, stdout) => resolve(error === null ? stdout : undefined));
  });
}

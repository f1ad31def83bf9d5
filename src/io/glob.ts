/** A folder × a pattern of `*`, `**` and `?` → the files below the folder that match. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './file-error.ts';

/**
 * POSIX paths relative to `root`, sorted. `*` and `?` stay inside one name and do not match a leading dot; `**` is any number
 * of folders, not entered through symlinks. Only folders that can match are read. A missing `root` matches nothing.
 */
export async function glob(root: string, pattern: string): Promise<readonly string[]> {
  const segments = pattern.split('/').filter((segment) => segment !== '' && segment !== '.');
  const found = new Set<string>();
  if (!segments.includes('..')) await walk(root, '', segments, found);
  return [...found].sort();
}

async function walk(root: string, at: string, segments: readonly string[], found: Set<string>): Promise<void> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  if (segment === '**' && rest.length > 0) await walk(root, at, rest, found);
  const matches = segment === '**' ? (name: string) => !name.startsWith('.') : matcher(segment);
  for (const entry of await entriesOf(join(root, at))) {
    if (!matches(entry.name)) continue;
    const path = at === '' ? entry.name : `${at}/${entry.name}`;
    const target = entry.isSymbolicLink() ? await stat(join(root, path)).catch(() => undefined) : entry;
    if (target === undefined) continue;
    if (target.isFile() && rest.length === 0) found.add(path);
    if (!target.isDirectory()) continue;
    if (segment !== '**') await walk(root, path, rest, found);
    else if (!entry.isSymbolicLink()) await walk(root, path, segments, found);
  }
}

async function entriesOf(path: string) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function matcher(segment: string): (name: string) => boolean {
  const body = segment
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  const expression = new RegExp(`^${body}$`, 'u');
  const takesDots = segment.startsWith('.');
  return (name) => (takesDots || !name.startsWith('.')) && expression.test(name);
}

/** Locations of external data × the files port → what is really there: a plain file, a link on the way, or nothing. */
import { dirname, join, posix } from 'node:path';
import type { ExternalFile } from '../model/rules/context.ts';
import { escapesFolder } from '../model/rules/external-data.ts';
import type { Files } from '../ports.ts';

/** Bytes of one name on every common file system. */
const LONGEST_NAME = 255;

/** `model` is the path of the model file. Places outside its folder are not looked at. */
export async function lookAtExternalFiles(
  model: string,
  locations: readonly string[],
  files: Files,
): Promise<ReadonlyMap<string, ExternalFile>> {
  const found = new Map<string, ExternalFile>();
  for (const location of locations) found.set(location, await lookAt(dirname(model), location, files));
  return found;
}

async function lookAt(folder: string, location: string, files: Files): Promise<ExternalFile> {
  if (escapesFolder(location)) return { status: 'escapes', size: 0 };
  const parts = posix.normalize(location).split('/');
  // No file system has such a file, and asking for it is an error of its own.
  if (parts.some((part) => Buffer.byteLength(part) > LONGEST_NAME)) return { status: 'missing', size: 0 };
  // Each folder on the way, then the file: a link anywhere leads out as well as one at the end.
  for (let length = 1; length < parts.length; length++) {
    const parent = await files.stat(join(folder, ...parts.slice(0, length)));
    if (parent === undefined) return { status: 'missing', size: 0 };
    if (parent.kind === 'symlink') return { status: 'symlink', size: 0 };
    if (parent.kind !== 'directory') return { status: 'missing', size: 0 };
  }
  const stat = await files.stat(join(folder, ...parts));
  if (stat === undefined) return { status: 'missing', size: 0 };
  if (stat.kind === 'symlink') return { status: 'symlink', size: 0 };
  if (stat.kind !== 'file') return { status: 'not-regular', size: 0 };
  return stat.links > 1 ? { status: 'hardlink', size: stat.size } : { status: 'file', size: stat.size };
}

/** A path behind the name of a commit → the same from the root of the repository, and the error where the commit has nothing there. */
import { posix } from 'node:path';
import type { Checkout } from '../compare/checkout.ts';
import { MlserveError } from '../errors.ts';

/** As git reads it: from the root of the repository, or from here where it starts with a dot. */
export function placeOf(path: string, prefix: string): string {
  const joined = /^\.\.?(\/|$)/.test(path) ? posix.join(prefix, path) : posix.normalize(path);
  return joined.replace(/\/$/, '').replace(/^\.$/, '');
}

export function notThere(given: string, { prefix }: Checkout, path: string): MlserveError {
  const hint =
    prefix === '' || path.startsWith(`${prefix}/`)
      ? 'see "git ls-tree" for what the commit holds'
      : 'paths count from the root of the repository; write "REVISION:./path" for one that counts from this folder';
  return new MlserveError('FILE_NOT_FOUND', 'the commit has no such file or folder', { where: given, hint });
}

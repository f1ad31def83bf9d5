/** A path → what lies there, as an image has its files: nothing of the time, the user or the umask that wrote them. */
import { chmod, lstat, lutimes, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Readable for whoever the server runs as, writable for nobody else, from 1970. */
export async function settle(path: string): Promise<void> {
  const isFolder = (await lstat(path)).isDirectory();
  await chmod(path, isFolder ? 0o755 : 0o644);
  await lutimes(path, 0, 0);
}

/** The same for all that is in a folder. The folder last: what happens in it dates it. */
export async function settleTree(path: string): Promise<void> {
  if ((await lstat(path)).isDirectory()) for (const name of await readdir(path)) await settleTree(join(path, name));
  await settle(path);
}

/** This program × the folder of a layer → its compiled code in it, with nothing of the time or user in its files. */
import { spawn } from 'node:child_process';
import { chmod, lstat, lutimes, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { CACHE_FOLDER } from '../image/dockerfile.ts';

export async function writeCompiledCode(folder: string): Promise<void> {
  const cache = join(folder, CACHE_FOLDER);
  await mkdir(cache, { recursive: true });
  await runIdle(cache);
  await settle(folder);
}

/** This very program, which loads and ends; Node writes the cache as it does. */
function runIdle(cache: string): Promise<void> {
  const env = { ...process.env, NODE_COMPILE_CACHE: cache };
  const child = spawn(process.execPath, [process.argv[1] ?? '', 'idle'], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`compiling ended with code ${code}`))));
  });
}

/** Readable for whoever the server runs as, writable for nobody else, from 1970. Folders last: what happens in them dates them. */
async function settle(path: string): Promise<void> {
  const stat = await lstat(path);
  if (stat.isDirectory()) for (const name of await readdir(path)) await settle(join(path, name));
  await chmod(path, stat.isDirectory() ? 0o755 : 0o644);
  await lutimes(path, 0, 0);
}

/** This program × the folder of a layer → its compiled code in it, with nothing of the time or user in its files. */
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { CACHE_FOLDER } from '../image/dockerfile.ts';
import { settleTree } from './settle.ts';

export async function writeCompiledCode(folder: string): Promise<void> {
  const cache = join(folder, CACHE_FOLDER);
  await mkdir(cache, { recursive: true });
  await runIdle(cache);
  await settleTree(folder);
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

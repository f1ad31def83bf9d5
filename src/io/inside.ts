/** The process that an image starts → the `Inside` port. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, lstat, lutimes, mkdir, mkdtemp, readdir, symlink } from 'node:fs/promises';
import { request } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { CACHE_FOLDER } from '../image/dockerfile.ts';
import { SERVICE_FOLDER } from '../image/layers.ts';
import { readPlatform } from '../image/platform.ts';
import type { Inside } from '../ports.ts';
import { askServer } from './ask-server.ts';
import { runtimeFolderOf } from './runtime-files.ts';

const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STATUS_MS = 4000;
/** Levels of folders below the one of the service that are joined: its files, then models by name and version. */
const DEPTH = 2;

export function realInside(): Inside {
  return {
    platform: readPlatform(`${process.platform}/${process.arch}`) ?? `${process.platform}/${process.arch}`,
    async runtimeVersion() {
      const { version } = JSON.parse(readFileSync(join(runtimeFolderOf(PACKAGE_ROOT), 'package.json'), 'utf8'));
      return version as string;
    },
    status: askStatus,
    ask: askServer,
    async join(folder) {
      const joined = await mkdtemp(join(tmpdir(), 'mlserve-'));
      for (const layer of await readdir(folder)) await linkInto(join(folder, layer, SERVICE_FOLDER), joined, 0);
      return joined;
    },
    async compile(folder) {
      const cache = join(folder, CACHE_FOLDER);
      await mkdir(cache, { recursive: true });
      await runIdle(cache);
      await settle(folder);
    },
  };
}

const askStatus: Inside['status'] = ({ port, isTls, path }) => {
  const options = { host: '127.0.0.1', port, path, timeout: STATUS_MS, rejectUnauthorized: false };
  return new Promise((resolve) => {
    const asked = (isTls ? httpsRequest : request)(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('timeout', () => asked.destroy()).on('error', () => resolve(undefined));
    asked.end();
  });
};

/** Folders are made, what lies in the deepest is linked. */
async function linkInto(from: string, to: string, depth: number): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory() && depth < DEPTH - 1) {
      await mkdir(target, { recursive: true });
      await linkInto(source, target, depth + 1);
    } else {
      await symlink(source, target);
    }
  }
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

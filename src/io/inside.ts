/** The process that an image starts → the `Inside` port. What one word alone needs is imported with its use: a check of health starts every ten seconds. */
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { SERVICE_FOLDER } from '../image/layers.ts';
import { readPlatform } from '../image/platform.ts';
import type { Inside } from '../ports.ts';
import { runtimeFolderOf } from './runtime-files.ts';

const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Levels of folders below the one of the service that are joined: its files, then models by name and version. */
const DEPTH = 2;

export function realInside(): Inside {
  return {
    platform: readPlatform(`${process.platform}/${process.arch}`) ?? `${process.platform}/${process.arch}`,
    async runtimeVersion() {
      const { version } = JSON.parse(readFileSync(join(runtimeFolderOf(PACKAGE_ROOT), 'package.json'), 'utf8'));
      return version as string;
    },
    status: async (question) => (await import('./ask-status.ts')).askStatus(question),
    ask: async (port) => (await import('./ask-server.ts')).askServer(port),
    async join(folder) {
      const joined = await mkdtemp(join(tmpdir(), 'mlserve-'));
      for (const layer of await readdir(folder)) await linkInto(join(folder, layer, SERVICE_FOLDER), joined, 0);
      return joined;
    },
    compile: async (folder) => (await import('./compiled-code.ts')).writeCompiledCode(folder),
  };
}

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

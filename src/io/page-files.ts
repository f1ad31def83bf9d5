/** Name of a file of Swagger UI → its text: from `vendor/` in the package, where it is compressed; from `node_modules` in a checkout. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

// `src/io` and `dist/io` lie equally deep.
const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Undefined when the file is in neither. */
export async function readPageFile(name: string, root: string = PACKAGE_ROOT): Promise<string | undefined> {
  const packed = await readFile(join(root, 'vendor', 'swagger-ui', `${name}.gz`)).catch(() => undefined);
  if (packed !== undefined) return (await promisify(gunzip)(packed)).toString('utf8');
  const folder = installedFolder(root);
  return folder === undefined ? undefined : await readFile(join(folder, name), 'utf8').catch(() => undefined);
}

function installedFolder(root: string): string | undefined {
  try {
    return dirname(createRequire(join(root, 'package.json')).resolve('swagger-ui-dist/package.json'));
  } catch {
    return undefined;
  }
}

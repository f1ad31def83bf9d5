/** Name of a file of Swagger UI → its text: from `vendor/` in the package, from `node_modules` in a checkout. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// `src/io` and `dist/io` lie equally deep.
const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Undefined when the file is in neither. */
export async function readPageFile(name: string, root: string = PACKAGE_ROOT): Promise<string | undefined> {
  for (const folder of [join(root, 'vendor', 'swagger-ui'), installedFolder(root)]) {
    if (folder === undefined) continue;
    const text = await readFile(join(folder, name), 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}

function installedFolder(root: string): string | undefined {
  try {
    return dirname(createRequire(join(root, 'package.json')).resolve('swagger-ui-dist/package.json'));
  } catch {
    return undefined;
  }
}

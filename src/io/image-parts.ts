/** Our own package → what of it goes into images. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MlserveError } from '../errors.ts';
import type { ImageParts } from '../image/imaging.ts';
import type { BundledPackage } from '../image/sbom.ts';
import { runtimeFolderOf } from './runtime-files.ts';

// `src/io` and `dist/io` lie equally deep.
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Throws RUNTIME_UNSUPPORTED when the package is not complete. */
export async function imageParts(): Promise<ImageParts> {
  const list = join(ROOT, 'dist', 'bundle.json');
  const text = await readFile(list, 'utf8').catch((cause) => {
    const hint = 'install mlserve again; in a checkout, run "npm run build"';
    throw new MlserveError('RUNTIME_UNSUPPORTED', 'the bundled server is missing', { where: list, hint, cause });
  });
  return {
    server: join(ROOT, 'dist', 'bundle'),
    runtime: runtimeFolderOf(ROOT),
    notices: join(ROOT, 'third_party', 'onnxruntime'),
    packages: JSON.parse(text) as readonly BundledPackage[],
  };
}

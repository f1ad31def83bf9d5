// Makes vendor/swagger-ui from node_modules/swagger-ui-dist: run by `npm pack` (prepack). Compresses the two files that the page at
// /docs loads, which makes a fourth of them, and adds their licences.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const from = join(root, 'node_modules', 'swagger-ui-dist');
// The bundle of the server has them in a folder of its own.
const to = process.argv[2] ?? join(root, 'vendor', 'swagger-ui');

if (!existsSync(from)) {
  process.stderr.write('vendor-page: node_modules/swagger-ui-dist is missing; run "npm ci" first\n');
  process.exit(1);
}
rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
let bytes = 0;
for (const name of ['swagger-ui-bundle.js', 'swagger-ui.css']) {
  const packed = gzipSync(readFileSync(join(from, name)), { level: 9 });
  writeFileSync(join(to, `${name}.gz`), packed);
  bytes += packed.length;
}
for (const notice of ['LICENSE', 'NOTICE', 'swagger-ui-bundle.js.LICENSE.txt']) {
  copyFileSync(join(root, 'third_party', 'swagger-ui', notice), join(to, notice));
}
process.stderr.write(`vendor-page: swagger-ui, ${(bytes / 1e6).toFixed(1)} MB\n`);

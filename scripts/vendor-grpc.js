// Makes vendor/grpc from the gRPC packages in node_modules: run by `npm pack` (prepack). One file, for one of the packages below them
// (protobufjs) has an install script, and installing mlserve runs none. docs/decisions/0004 says more.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const to = join(root, 'vendor', 'grpc');
const PACKAGE = /^(.*\/)?node_modules\/(@[^/]+\/)?[^/]+/;

rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
const { metafile } = await build({
  absWorkingDir: root,
  stdin: {
    contents: "export * as grpc from '@grpc/grpc-js';\nexport * as protoLoader from '@grpc/proto-loader';\n",
    resolveDir: root,
  },
  outfile: join(to, 'index.cjs'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  legalComments: 'inline',
  metafile: true,
  logLevel: 'warning',
});

const folders = new Set(Object.keys(metafile.inputs).flatMap((path) => PACKAGE.exec(path)?.[0] ?? []));
const notices = [...folders].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const file = join(root, folder, 'LICENSE');
  if (!existsSync(file)) throw new Error(`${name} has no LICENSE file to pass on`);
  return `${name} ${version} (${license})\n\n${readFileSync(file, 'utf8').trim()}\n`;
});
writeFileSync(join(to, 'LICENSES.txt'), notices.join(`\n${'-'.repeat(78)}\n\n`));
process.stderr.write(`vendor-grpc: ${folders.size} packages in ${Object.values(metafile.outputs)[0].bytes} bytes\n`);

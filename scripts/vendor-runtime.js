// Makes vendor/onnxruntime-node from node_modules/onnxruntime-node: run by `npm pack` (prepack). Copies the JavaScript and, for each
// platform, only the libraries that a CPU session loads; leaves out the install script, so that installing mlserve runs none.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const from = join(root, 'node_modules', 'onnxruntime-node');
const to = join(root, 'vendor', 'onnxruntime-node');

// DirectML.dll is delay-loaded and dxcompiler/dxil belong to WebGPU: a CPU session opens none of them. The macOS package holds the
// same library twice; the binding asks for the name with the major version only. docs/decisions/0001 says how that was checked.
const LIBRARIES = {
  'linux/x64': ['onnxruntime_binding.node', 'libonnxruntime.so.1'],
  'linux/arm64': ['onnxruntime_binding.node', 'libonnxruntime.so.1'],
  'darwin/arm64': ['onnxruntime_binding.node', 'libonnxruntime.1.dylib'],
  'win32/x64': ['onnxruntime_binding.node', 'onnxruntime.dll'],
  'win32/arm64': ['onnxruntime_binding.node', 'onnxruntime.dll'],
};
const SCRIPTS = ['index.js', 'backend.js', 'binding.js', 'version.js'];

if (!existsSync(from)) {
  process.stderr.write('vendor-runtime: node_modules/onnxruntime-node is missing; run "npm ci" first\n');
  process.exit(1);
}
rmSync(to, { recursive: true, force: true });
let bytes = 0;
const copy = (path) => {
  const target = join(to, path);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(join(from, path), target);
  bytes += statSync(target).size;
};
for (const script of SCRIPTS) copy(join('dist', script));
for (const [platform, names] of Object.entries(LIBRARIES)) {
  for (const name of names) copy(join('bin', 'napi-v6', platform, name));
}
const { name, version, license, repository, main } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
writeFileSync(join(to, 'package.json'), `${JSON.stringify({ name, version, license, repository, main }, null, 2)}\n`);
for (const notice of ['LICENSE', 'ThirdPartyNotices.txt']) {
  copyFileSync(join(root, 'third_party', 'onnxruntime', notice), join(to, notice));
}
process.stderr.write(
  `vendor-runtime: onnxruntime-node ${version}, ${(bytes / 1e6).toFixed(0)} MB for ${Object.keys(LIBRARIES).length} platforms\n`,
);

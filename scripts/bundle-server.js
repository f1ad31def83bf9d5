// Makes dist/bundle, what lies at /app in an image: the server in one file, and beside it the entries of its threads and processes. Each
// file is where the code looks for it in the package, so dist/bundle is a package root of its own. Part of `npm run build`.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundledPackages, writeLicenses } from './bundled-packages.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundle = join(root, 'dist', 'bundle');

/** The parts of the edge that a container has no use for: they make images, reach clusters, measure models, make load. */
const DESK = /^\.\/(imaging|kubectl\/cluster|measurer|make-load|pacer|own-server)\.js$/;

/** Threads and processes are started from files that the code names like this, in dist/io or beside itself. */
const ENTRY = /new URL\('(?:\.\.\/\.\.\/dist\/io|\.)\/([\w-]+)\.js', import\.meta\.url\)/g;
const started = readdirSync(join(root, 'dist', 'io'))
  .filter((name) => name.endsWith('.js') && !DESK.test(`./${name}`))
  .flatMap((name) =>
    [...readFileSync(join(root, 'dist', 'io', name), 'utf8').matchAll(ENTRY)].map(([, entry]) => entry),
  );

/** Output in dist/bundle/dist/io, by the module that it starts with. */
const ENTRIES = {
  'bin/server.js': 'server',
  ...Object.fromEntries(started.map((name) => [`dist/io/${name}.js`, name])),
};

/** Never asked for in a container, which has no terminal to animate or to ask questions on. */
const UNUSED = ['@inquirer/prompts', 'ora'];

const leaveOutDesk = {
  name: 'leave-out-desk',
  setup: ({ onResolve }) => onResolve({ filter: DESK }, ({ path }) => ({ path, external: true })),
};

/** Node's modules as `require` gives them: an ES import of one reads every name it exports, and of node:http that loads the whole of its web client. */
const askForBuiltins = {
  name: 'ask-for-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin' }));
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

/** `createRequire(import.meta.url)('x')`, our way to load JSON and CommonJS, as the `require` that esbuild follows. */
const followRequire = {
  name: 'follow-require',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]dist[\\/].*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(/createRequire\(import\.meta\.url\)\(/g, 'require('),
      loader: 'js',
    })),
};

rmSync(bundle, { recursive: true, force: true });
const { metafile: server } = await build({
  metafile: true,
  entryPoints: Object.entries(ENTRIES).map(([module, out]) => ({ in: join(root, module), out })),
  outdir: join(bundle, 'dist', 'io'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  external: UNUSED,
  plugins: [askForBuiltins, followRequire, leaveOutDesk],
  // What is named while it runs, such as the native runtime, is asked for with `require`.
  banner: { js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);" },
  minifyWhitespace: true,
  legalComments: 'inline',
  logLevel: 'warning',
});
writePackage('.', { ...read('package.json'), type: 'module' });

// What the native runtime's own JavaScript requires by its name.
const common = join('node_modules', 'onnxruntime-common');
const { metafile: runtime } = await build({
  metafile: true,
  entryPoints: [join(root, common)],
  outfile: join(bundle, common, 'index.js'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node24',
  logLevel: 'warning',
});
writePackage(common, read(join(common, 'package.json')));

// The files of the page at /docs.
execFileSync(process.execPath, [join(root, 'scripts/vendor-page.js'), join(bundle, 'vendor', 'swagger-ui')], {
  stdio: 'ignore',
});

// For the bill of materials, and the licences that ask to go along.
const own = read('package.json');
const packages = [
  { name: own.name, version: own.version, license: own.license, integrity: '' },
  ...bundledPackages([server, runtime], ['node_modules/swagger-ui-dist']),
];
writeFileSync(join(root, 'dist', 'bundle.json'), `${JSON.stringify(packages, null, 2)}\n`);
writeLicenses([server, runtime], join(bundle, 'LICENSES.txt'));

function read(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

function writePackage(folder, { name, version, license, type }) {
  const text = JSON.stringify({ name, version, license, ...(folder === '.' && { type }) }, null, 2);
  writeFileSync(join(bundle, folder, 'package.json'), `${text}\n`);
}

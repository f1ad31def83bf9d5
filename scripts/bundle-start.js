// Makes dist/start.js one file, all that `--version`, `--help` and usage errors load, and dist/cli, what the commands load after it: few files
// instead of hundreds. Run by `npm run build`; without it the CLI does the same, slower. docs/decisions/0004 says why.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { rolldown } from 'rolldown';
import { writeLicenses } from './bundled-packages.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const cli = join(dist, 'cli');
const entry = join(dist, 'start.js');

/** What an `import()` waits for comes later, except the way to a command's flags. */
const START = /^(program\.js$|command-line\/)/;
const IMPORT = /\bimport\('(\.[^']+)'\)/g;
/** What a service needs until it has answered its first prediction is one file. */
const SERVE = ['commands/serve.js', 'io/files.js', 'io/http.js', 'io/runtime.js', 'io/cpus.js'];
/** Found where they are needed: some are large, some have to be files. */
const OUTSIDE = [/^@grpc\//, 'grpc-health-check', '@inquirer/prompts', 'ajv', 'execa', 'ora', 'pino', 'prom-client'];
/** Where they are found: the errors are those that start.js has, given by `src/io/load-later.ts`. */
const FILES = new Map([
  ['errors.js', 'mlserve:errors'],
  ['dockerode.cjs', '../dockerode.cjs'],
]);

/** Modules that start.js loads later, by name. */
const later = new Map();

const start = {
  name: 'start',
  setup({ onResolve, onLoad }) {
    onLoad({ filter: /[\\/]dist[\\/].*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(IMPORT, (text, to) => {
        const file = relative(dist, join(dirname(path), to)).replaceAll('\\', '/');
        if (START.test(file)) return text;
        const name = file.slice(0, -'.js'.length).replaceAll('/', '-');
        later.set(name, join(dist, file));
        return `loadLater('${name}')`;
      }),
    }));
    onResolve({ filter: /^\w/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
    // Commander starts a process for a command that is a program of its own. mlserve has none, and loading node:child_process
    // costs a tenth of the start.
    onResolve({ filter: /^node:child_process$/ }, ({ path }) => ({ path, namespace: 'unused' }));
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: '' }));
    onLoad({ filter: /dist.version\.js$/ }, () => ({ contents: `export const VERSION = ${JSON.stringify(version)};` }));
  },
};

await build({
  entryPoints: [entry],
  outfile: entry,
  allowOverwrite: true,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  inject: [join(dist, 'io', 'load-later.js')],
  plugins: [start],
  // For commander, which is CommonJS and requires modules of Node alone.
  banner: { js: 'const require = process.getBuiltinModule;' },
  logLevel: 'warning',
});

const parts = {
  name: 'parts',
  resolveId(id, importer) {
    const file = importer !== undefined && id.startsWith('.') ? join(dirname(importer), id) : undefined;
    const at = FILES.get(file && relative(dist, file));
    return at && { id: at, external: true };
  },
  transform(code, id) {
    if (!id.startsWith(dist)) return undefined;
    if (id === join(dist, 'version.js')) return `export const VERSION = ${JSON.stringify(version)};`;
    // Our way to load JSON and CommonJS, as the `require` that bundlers follow.
    return code.replaceAll('createRequire(import.meta.url)(', 'require(');
  },
};

/** Modules that are needed at once when those of SERVE are. */
let served;
function isServed(id, about) {
  served ??= SERVE.map((file) => join(dist, file)).reduce(function add(found, each) {
    return found.has(each) ? found : (about(each)?.importedIds ?? []).reduce(add, found.add(each));
  }, new Set());
  return served.has(id);
}

rmSync(cli, { recursive: true, force: true });
const bundle = await rolldown({
  input: Object.fromEntries(later),
  platform: 'node',
  external: OUTSIDE,
  preserveEntrySignatures: 'allow-extension',
  plugins: [parts],
});
const { output } = await bundle.generate({
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [
      {
        debugName: 'serve',
        name: (id, context) => (isServed(id, (each) => context.getModuleInfo(each)) ? 'served' : null),
      },
    ],
  },
});
mkdirSync(cli);
for (const { fileName, code: text } of output) {
  // Text of ASCII takes half the memory, and is read without decoding.
  const small = await transform(text, {
    charset: 'ascii',
    minifyWhitespace: true,
    legalComments: 'none',
    target: 'node20.19',
  });
  const code = small.code.replaceAll(/\bimport\("/g, 'importLater("');
  if (Buffer.byteLength(code) !== code.length) throw new Error(`${fileName} is not ASCII`);
  const digest = createHash('sha256').update(code).digest('hex').slice(0, 32);
  writeFileSync(join(cli, fileName), `//${digest}\n${code}`);
}
const inputs = Object.fromEntries(
  output.flatMap(({ modules }) =>
    Object.entries(modules).map(([id, { renderedLength }]) => [id, { bytesInOutput: renderedLength }]),
  ),
);
writeLicenses([{ outputs: { cli: { inputs } } }], join(cli, 'LICENSES.txt'));

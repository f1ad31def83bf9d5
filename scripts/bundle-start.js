// Makes dist/start.js one file: all that `--version`, `--help` and usage errors load, the parser of command lines included. Run by
// `npm run build`; without it the CLI does the same, slower. docs/decisions/0004 says why.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const dist = fileURLToPath(new URL('../dist', import.meta.url));
const entry = join(dist, 'start.js');

// What an `import()` waits for stays a file of its own, except the way to a command's flags.
const START = /^(program\.js$|command-line\/)/;
// So does the class of errors, of which there must be one.
const SHARED = 'errors.js';

const outside = {
  name: 'outside the start',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path, resolveDir, kind }) => {
      const file = path.startsWith('.') ? relative(dist, join(resolveDir, path)) : undefined;
      const isLater = kind === 'dynamic-import' && !START.test(file ?? '');
      if (file !== SHARED && !isLater) return undefined;
      return { path: file === undefined ? path : `./${file}`, external: true };
    });
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
  plugins: [outside],
  // For commander, which is CommonJS and requires modules of Node alone.
  banner: { js: 'const require = process.getBuiltinModule;' },
  logLevel: 'warning',
});

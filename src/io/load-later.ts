/** Name of a part of the CLI → its module, with code that an earlier run compiled. The build puts it where start.js has an `import()`. */
import type { Script } from 'node:vm';
import * as errors from '../errors.ts';

interface Part {
  readonly exports: unknown;
}

type Load = (file: string) => unknown;
type Import = (id: string) => Promise<unknown>;
type Compiled = (exports: object, require: Load, module: Part, filename: string, importLater: Import) => void;

/** A service has begun to answer by then. */
const SOON_MS = 1000;
/** SHA-256, before the code. */
const DIGEST_BYTES = 32;

const parts = new Map<string, Part>();
/** Code that is still to be kept, by its file. */
const unkept = new Map<string, Script>();

/** `name` of a file in `dist/cli`, which `scripts/bundle-start.js` makes. Rejects with what the module throws. */
export async function loadLater(name: string): Promise<unknown> {
  // Not imported: the start of `--help` needs none of it.
  const { fileURLToPath } = process.getBuiltinModule('node:url');
  return load(fileURLToPath(new URL(`./cli/${name}.cjs`, import.meta.url)));
}

function load(file: string): unknown {
  const known = parts.get(file);
  if (known !== undefined) return known.exports;
  const { dirname, join } = process.getBuiltinModule('node:path');
  const outside = process.getBuiltinModule('node:module').createRequire(file);
  const part: Part = { exports: {} };
  parts.set(file, part);
  const require: Load = (id) => {
    // One class of errors for all: `instanceof` tells them from bugs.
    if (id === 'mlserve:errors') return errors;
    return id.startsWith('./') ? load(join(dirname(file), id)) : outside(id);
  };
  // Given, as code that is compiled by node:vm has no `import()` of its own but an experimental one.
  const importLater: Import = (id) => import(id);
  try {
    compile(file)(part.exports as object, require, part, file, importLater);
  } catch (error) {
    parts.delete(file);
    throw error;
  }
  return part.exports;
}

/**
 * Node's own cache keeps a file as it was when it was compiled, without the functions that ran later, and these are what takes time. So the code
 * is kept as it is later, beside Node's: by the digest in the file's first line, and by command, as each runs other functions.
 */
function compile(file: string): Compiled {
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const vm = process.getBuiltinModule('node:vm');
  const source = readFileSync(file, 'latin1');
  const cache = cacheFile(source.slice(2, source.indexOf('\n')));
  const cachedData = cache === undefined ? undefined : read(cache);
  const script = new vm.Script(`(function (exports, require, module, __filename, importLater) {${source}\n})`, {
    filename: file,
    ...(cachedData && { cachedData }),
  });
  if (cache !== undefined && (cachedData === undefined || script.cachedDataRejected === true)) {
    if (unkept.size === 0) keepLater();
    unkept.set(cache, script);
  }
  return script.runInThisContext() as Compiled;
}

/** When the process ends, or soon: a service goes on for long, and V8 forgets the code of functions that ran only at its start. */
function keepLater(): void {
  process.once('exit', keepCode);
  setTimeout(keepCode, SOON_MS).unref();
}

function keepCode(): void {
  process.off('exit', keepCode);
  for (const [file, script] of unkept) write(file, script.createCachedData());
  unkept.clear();
}

/** Undefined where Node keeps no compiled code: before Node 22, and where the environment forbids it. */
function cacheFile(digest: string): string | undefined {
  const { getCompileCacheDir } = process.getBuiltinModule('node:module') as {
    getCompileCacheDir?(): string | undefined;
  };
  const folder = getCompileCacheDir?.();
  if (folder === undefined) return undefined;
  const command = (process.argv[2] ?? '').replace(/[^a-z]/g, '').slice(0, 16);
  return process.getBuiltinModule('node:path').join(folder, `mlserve-${command}-${digest}`);
}

/** Undefined when there is none, or not as it was written: V8 trusts what it is given. */
function read(file: string): Buffer | undefined {
  try {
    const kept = process.getBuiltinModule('node:fs').readFileSync(file);
    const code = kept.subarray(DIGEST_BYTES);
    return digestOf(code).equals(kept.subarray(0, DIGEST_BYTES)) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** In one piece or not at all. A cache that cannot be written is none. */
function write(file: string, code: Buffer): void {
  const { renameSync, writeFileSync } = process.getBuiltinModule('node:fs');
  const written = `${file}.${process.pid}`;
  try {
    writeFileSync(written, Buffer.concat([digestOf(code), code]), { mode: 0o600 });
    renameSync(written, file);
  } catch {
    // Nothing depends on it.
  }
}

function digestOf(code: Buffer): Buffer {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(code).digest();
}

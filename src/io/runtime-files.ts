/** Platform × package root → where the onnxruntime-node files are, or one clear sentence on why there are none. No native code is loaded. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { MlserveError } from '../errors.ts';

export interface Platform {
  readonly os: string;
  readonly arch: string;
  /** Version of the C library on Linux; undefined on musl, and elsewhere without meaning. */
  readonly glibc: string | undefined;
}

export interface RuntimeFiles {
  /** Folder of the package, to be given to `require`. */
  readonly folder: string;
  readonly version: string;
}

const SUPPORTED = 'linux x64 and arm64 (glibc 2.28 or newer), macOS arm64, Windows x64 and arm64';
/** What onnxruntime's Linux libraries are built against. */
const GLIBC = [2, 28] as const;
// `src/io` and `dist/io` lie equally deep.
const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Finds the runtime: the pruned copy in `vendor/` first, then `node_modules`. Throws RUNTIME_UNSUPPORTED. */
export function findRuntime(platform: Platform = thisPlatform(), root: string = PACKAGE_ROOT): RuntimeFiles {
  const reason = whyUnsupported(platform);
  if (reason !== undefined) {
    throw new MlserveError('RUNTIME_UNSUPPORTED', reason, { hint: `run mlserve on one of: ${SUPPORTED}` });
  }
  const binary = join('bin', 'napi-v6', platform.os, platform.arch, 'onnxruntime_binding.node');
  const folder = runtimeFolders(root).find((each) => existsSync(join(each, binary)));
  if (folder === undefined) {
    throw new MlserveError(
      'RUNTIME_UNSUPPORTED',
      `the onnxruntime files for ${platform.os} ${platform.arch} are missing`,
      {
        where: join(root, 'vendor', 'onnxruntime-node', binary),
        hint: 'install mlserve again',
      },
    );
  }
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string };
  return { folder, version };
}

/** The files of every platform, to make images of. Throws RUNTIME_UNSUPPORTED when there are none. */
export function runtimeFolderOf(root: string): string {
  const folder = runtimeFolders(root).find((each) => existsSync(join(each, 'package.json')));
  if (folder !== undefined) return folder;
  throw new MlserveError('RUNTIME_UNSUPPORTED', 'the onnxruntime files are missing', {
    where: join(root, 'vendor', 'onnxruntime-node'),
    hint: 'install mlserve again',
  });
}

/** Of the package that ships first, then of a checkout. */
function runtimeFolders(root: string): readonly string[] {
  const installed = installedFolder(root);
  return [join(root, 'vendor', 'onnxruntime-node'), ...(installed === undefined ? [] : [installed])];
}

/** One sentence, or undefined when onnxruntime exists for the platform. Pure. */
export function whyUnsupported({ os, arch, glibc }: Platform): string | undefined {
  if (arch === 'ia32' || arch === 'arm' || arch === 'mips' || arch === 'mipsel' || arch === 'ppc') {
    return `onnxruntime does not exist for 32-bit processes, and this Node is one (${arch})`;
  }
  if (os === 'darwin' && arch === 'x64') return 'onnxruntime does not exist any more for Macs with an Intel processor';
  const known = os === 'linux' || os === 'win32' || os === 'darwin';
  if (!known || (arch !== 'x64' && arch !== 'arm64')) return `onnxruntime does not exist for ${os} ${arch}`;
  if (os !== 'linux') return undefined;
  if (glibc === undefined) return 'onnxruntime needs glibc, and this system (Alpine?) has another C library';
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  if (major > GLIBC[0] || (major === GLIBC[0] && minor >= GLIBC[1])) return undefined;
  return `onnxruntime needs glibc ${GLIBC.join('.')} or newer, and this system has ${glibc}`;
}

/** The platform this process runs on. */
export function thisPlatform(): Platform {
  return { os: process.platform, arch: process.arch, glibc: process.platform === 'linux' ? glibcVersion() : undefined };
}

function glibcVersion(): string | undefined {
  // Without this the report asks the network for the names of open connections, which can take seconds.
  const { report } = process as unknown as { report?: { excludeNetwork?: boolean; getReport(): object } };
  if (report === undefined) return undefined;
  report.excludeNetwork = true;
  const { header } = report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime;
}

function installedFolder(root: string): string | undefined {
  try {
    return dirname(createRequire(join(root, 'package.json')).resolve('onnxruntime-node/package.json'));
  } catch {
    return undefined;
  }
}

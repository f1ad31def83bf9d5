/** What an image runs on: `linux/amd64` as container tools write it ↔ the folder of the native runtime. */
import { MlserveError } from '../errors.ts';

export type Platform = 'linux/amd64' | 'linux/arm64';

/** Folder below `bin/napi-v6` of onnxruntime-node. */
const RUNTIME_FOLDERS: Readonly<Record<Platform, string>> = {
  'linux/amd64': 'linux/x64',
  'linux/arm64': 'linux/arm64',
};

/** What engines and kernels call the same processors. */
const ALIASES: Readonly<Record<string, Platform>> = {
  'linux/x86_64': 'linux/amd64',
  'linux/x64': 'linux/amd64',
  'linux/aarch64': 'linux/arm64',
  'linux/arm64/v8': 'linux/arm64',
};

export function runtimeFolder(platform: Platform): string {
  return RUNTIME_FOLDERS[platform];
}

/** Undefined for a platform that the native runtime does not exist for. */
export function readPlatform(text: string): Platform | undefined {
  const name = text.trim().toLowerCase();
  const known = ALIASES[name] ?? name;
  return Object.hasOwn(RUNTIME_FOLDERS, known) ? (known as Platform) : undefined;
}

/** `linux/amd64,linux/arm64` → each once, in that order. Throws USAGE. */
export function readPlatforms(text: string): readonly Platform[] {
  const platforms = text.split(',').map((part) => {
    const platform = readPlatform(part);
    if (platform !== undefined) return platform;
    throw new MlserveError('USAGE', `an image cannot be built for "${part.trim()}"`, {
      where: '--platform',
      hint: `name one or more of ${Object.keys(RUNTIME_FOLDERS).join(', ')}, separated by commas`,
    });
  });
  return [...new Set(platforms)];
}

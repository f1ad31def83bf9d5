/** A flag, or what `mlserve build image` wrote → the image to deploy, by digest, built from the lock that is here. */
import { join, resolve } from 'node:path';
import { MlserveError } from '../errors.ts';
import type { PinnedImage } from '../manifests/deployment-facts.ts';
import { readPin } from '../manifests/image-pin.ts';
import { type Build, readBuild, tagFor } from '../manifests/read-build.ts';
import type { Digest } from '../model/fingerprint.ts';
import type { Io } from '../ports.ts';

export interface ImageOptions {
  /** `name[:tag]@sha256:…`; that of the build file when absent. */
  readonly image?: string | undefined;
  /** What `mlserve build image` wrote; `build.json` in the project folder when absent. */
  readonly build?: string | undefined;
}

const BUILD_FILE = 'build.json';
const HINT = 'run "mlserve build image --push --file-output build.json", or give --image NAME:TAG@sha256:DIGEST';

interface Service {
  readonly dir: string;
  readonly version: string;
  readonly lockDigest: Digest;
}

/** Throws IMAGE_UNPINNED, FILE_NOT_FOUND for a build file that was named, and LOCK_MISMATCH for an image of another lock. */
export async function readImage(
  { image, build }: ImageOptions,
  { dir, version, lockDigest }: Service,
  io: Pick<Io, 'cwd' | 'files'>,
): Promise<{ readonly image: PinnedImage; readonly revision: string | undefined }> {
  if (image !== undefined) return { image: pinned(image, version, '--image'), revision: undefined };
  const path = build === undefined ? join(dir, BUILD_FILE) : resolve(io.cwd, build);
  if ((await io.files.stat(path)) === undefined) throw missing(path, build);
  const found = await readBuildFile(path, io);
  if (found.lock !== lockDigest) {
    throw new MlserveError('LOCK_MISMATCH', 'the image was built from another mlserve.lock than the one that is here', {
      where: path,
      hint: 'build the image again, or bring back the lock it was built from',
    });
  }
  if (found.image === undefined) throw unpinned('the image was built but not pushed, so it has no digest yet', path);
  const tag = tagFor(found.image, found.tags);
  const name = tag === undefined ? found.image : found.image.replace('@', `:${tag}@`);
  return { image: pinned(name, version, path), revision: found.revision };
}

function missing(path: string, named: string | undefined): MlserveError {
  if (named === undefined) return unpinned('nothing says which image to deploy', path);
  return new MlserveError('FILE_NOT_FOUND', 'the build file does not exist', { where: path, hint: HINT });
}

async function readBuildFile(path: string, { files }: Pick<Io, 'files'>): Promise<Build> {
  const build = readBuild(await files.readText(path));
  if (build !== undefined) return build;
  throw unpinned('this file is not what "mlserve build image" of this version writes', path);
}

function pinned(text: string, version: string, where: string): PinnedImage {
  const image = readPin(text, version);
  if (image !== undefined) return image;
  throw unpinned(`${JSON.stringify(text)} is no image by digest: name[:tag]@sha256: and 64 hexadecimal digits`, where);
}

function unpinned(message: string, where: string): MlserveError {
  return new MlserveError('IMAGE_UNPINNED', message, { where, hint: HINT });
}

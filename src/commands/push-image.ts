/** Images in an engine × their names → the same in a registry, each name with its digest; several platforms under one name by an index. */

import { MlserveError } from '../errors.ts';
import type { ContainerEngine, Registry } from '../image/imaging.ts';
import { formatTag, type Reference } from '../image/reference.ts';
import type { Io } from '../ports.ts';
import { bytesDone } from './pull-base.ts';

type Tag = Reference & { readonly tag: string };

export interface PlatformImage {
  readonly platform: string;
  readonly id: string;
}

export interface PushedImage {
  readonly name: string;
  readonly tag: string;
  readonly digest: string;
}

const INDEX = 'application/vnd.docker.distribution.manifest.list.v2+json';

/** The names in the engine: with several platforms each has a tag of its own. */
export function tagOf(reference: Tag, platform: string, isOnly: boolean): Tag {
  return isOnly ? reference : { ...reference, tag: `${reference.tag}-${platform.replaceAll('/', '-')}` };
}

export async function pushImages(
  reference: Tag,
  images: readonly PlatformImage[],
  { engine, registry }: { readonly engine: ContainerEngine; readonly registry: Registry },
  io: Io,
  signal: AbortSignal,
): Promise<PushedImage> {
  const pushed: { readonly platform: string; readonly digest: string }[] = [];
  for (const { platform } of images) {
    const tag = tagOf(reference, platform, images.length === 1);
    const bar = io.terminal.progress(`pushing ${formatTag(tag)}`);
    try {
      io.terminal.info(`pushing ${formatTag(tag)}`);
      pushed.push({
        platform,
        digest: await engine.push(tag, {
          onProgress: (done, total) => bar.update(done, total, bytesDone(done, total)),
          signal,
        }),
      });
    } finally {
      bar.end();
    }
  }
  const { name, tag } = reference;
  const [only] = pushed;
  if (only !== undefined && pushed.length === 1) return { name, tag, digest: only.digest };
  const manifests = await Promise.all(
    pushed.map(async ({ platform, digest }) => {
      const manifest = await registry.manifest({ ...reference, digest });
      if (manifest === undefined) {
        throw new MlserveError('REGISTRY_REFUSED', `${name}@${digest} was pushed, and the registry does not have it`, {
          where: reference.registry,
        });
      }
      const [os, architecture] = platform.split('/');
      return { mediaType: manifest.mediaType, size: manifest.bytes, digest, platform: { os, architecture } };
    }),
  );
  const text = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests });
  return { name, tag, digest: await registry.putManifest(reference, { mediaType: INDEX, text }) };
}

/** The base of an image × an engine × a platform → the same base, there in the engine, pinned by its digest where it has one. */
import { MlserveError } from '../errors.ts';
import type { BaseImage } from '../image/base.ts';
import { fromName } from '../image/base.ts';
import type { ContainerEngine, EngineImage, Registry } from '../image/imaging.ts';
import { type Platform, readPlatform } from '../image/platform.ts';
import { type Reference, readReference } from '../image/reference.ts';
import type { Io } from '../ports.ts';
import { nameInEngine, pullBase } from './pull-base.ts';

export interface BaseSurroundings {
  readonly engine: ContainerEngine;
  readonly registry: Registry;
  readonly signal: AbortSignal;
}

interface Index {
  readonly manifests?: readonly {
    readonly digest?: string;
    readonly platform?: { readonly os?: string; readonly architecture?: string };
  }[];
}

/** What the engine runs by itself. Pulled when it is not there. Throws BASE_UNSUITABLE. */
export async function resolveBase(
  base: BaseImage,
  platform: Platform,
  { engine, signal }: BaseSurroundings,
  io: Io,
): Promise<BaseImage> {
  const reference = referenceOf(base);
  const here = await engine.image(nameInEngine(reference));
  const found = here?.platform === platform ? here : await pullBase(reference, platform, engine, io, signal);
  if (found.platform === platform) return { ...base, digest: reference.digest ?? digestOf(found, reference) };
  throw unsuitable(base, `is for ${found.platform}, and an image for ${platform} is wanted`);
}

/** Of another processor: by the digest of its own manifest, so that the tag in the engine stays what it is. Asks the registry. */
export async function resolveForeignBase(
  base: BaseImage,
  platform: Platform,
  around: BaseSurroundings,
  io: Io,
): Promise<BaseImage> {
  const { registry } = around;
  const reference = referenceOf(base);
  const manifest = await registry.manifest(reference);
  if (manifest === undefined)
    throw unsuitable(base, `is not in the registry ${reference.registry}, where the one for ${platform} is looked for`);
  const { manifests = [] } = manifest.json as Index;
  const own = manifests.find(({ platform: on }) => readPlatform(`${on?.os}/${on?.architecture}`) === platform);
  const digest = own?.digest ?? (manifests.length === 0 ? manifest.digest : undefined);
  if (digest === undefined) throw unsuitable(base, `does not exist for ${platform}`);
  return resolveBase({ ...base, digest }, platform, around, io);
}

function referenceOf(base: BaseImage): Reference {
  const reference = readReference(fromName(base));
  if (reference === undefined) throw unsuitable(base, 'is not the name of an image');
  return reference;
}

/** Of the repository it is asked by: the same image may have come from another one under another digest. */
function digestOf({ digests }: EngineImage, { registry, repository }: Reference): string | undefined {
  const own = digests.map(readReference).find((one) => one?.registry === registry && one.repository === repository);
  return own?.digest;
}

function unsuitable({ name }: BaseImage, why: string): MlserveError {
  return new MlserveError('BASE_UNSUITABLE', `the base ${name} ${why}`, {
    where: 'image.base',
    hint: 'name another base in image.base or with --base; node:24-bookworm-slim exists for linux/amd64 and linux/arm64',
  });
}

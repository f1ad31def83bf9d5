/** `mlserve build image --print`, `--eject` and `--dry-run`: a locked project → its Dockerfile, its whole build context, or the plan. No engine. */
import { join, resolve } from 'node:path';
import { MlserveError } from '../errors.ts';
import { type ContextMember, refuseLargeContext } from '../image/context.ts';
import { type Platform, readPlatform } from '../image/platform.ts';
import { plannedSize } from '../image/size-report.ts';
import type { Io } from '../ports.ts';
import { prepareImage, tagNames } from './prepare-image.ts';
import type { ImageOptions } from './prepared-image.ts';

export interface EjectOptions extends ImageOptions {
  /** Folder to write the context to. */
  readonly eject?: string | undefined;
  /** Overwrite files that differ. */
  readonly force: boolean;
}

export interface ImagePlanResult {
  readonly platform: Platform;
  readonly tags: readonly string[];
  readonly base: string;
  readonly dockerfile: string;
  readonly contextBytes: number;
  readonly layers: readonly { readonly name: string; readonly what: string; readonly bytes: number }[];
  /** Where it was written; null when it was not. */
  readonly ejected: string | null;
}

/** Throws FILE_EXISTS when files would be overwritten. */
export async function planImageOnly({ eject, force, ...options }: EjectOptions, io: Io): Promise<ImagePlanResult> {
  const imaging = await io.imaging();
  const prepared = await prepareImage(options, imaging, io);
  // Without an engine nobody knows what it runs: the processor of this machine is the best guess.
  const platform = prepared.platforms[0] ?? readPlatform(imaging.platform) ?? 'linux/amd64';
  const { base } = prepared;
  const plan = await prepared.plan({ base, buildBase: base, platform, buildPlatform: undefined });
  const sizes = plannedSize(plan).layers;
  const layers = plan.layers.map(({ name, what }, at) => ({ name, what, bytes: sizes[at]?.bytes ?? 0 }));
  const contextBytes = refuseLargeContext(plan.members, prepared.project.spec.image.maxContext);
  if (eject !== undefined) await write(plan.members, resolve(io.cwd, eject), force, io);
  const { dockerfile } = plan;
  return {
    platform,
    tags: tagNames(prepared),
    base: base.name,
    dockerfile,
    contextBytes,
    layers,
    ejected: eject ?? null,
  };
}

/** All of it or nothing. */
async function write(members: readonly ContextMember[], folder: string, force: boolean, io: Io): Promise<void> {
  const staged = await io.files.stage(folder);
  try {
    for (const { path, content } of members) {
      const target = join(staged.path, path);
      if (content === undefined) continue;
      if ('text' in content) await io.files.writeAtomic(target, content.text);
      else await io.files.copyAtomic(content.file, target);
    }
    const files = await staged.compare();
    const different = files.filter(({ state }) => state === 'different').map(({ path }) => path);
    if (different.length > 0 && !force) {
      throw new MlserveError('FILE_EXISTS', `files with other content are there: ${different.slice(0, 5).join(', ')}`, {
        where: folder,
        hint: 'name an empty folder, or give --force',
      });
    }
    await staged.commit(files.filter(({ state }) => state !== 'same').map(({ path }) => path));
  } finally {
    await staged.discard();
  }
}

/** `mlserve build image --print`, `--eject` and `--dry-run`: a locked project → its Dockerfile, its whole build context, or the plan. No engine. */
import { MlserveError } from '../errors.ts';
import { readPlatform } from '../image/platform.ts';
import type { Io } from '../ports.ts';
import { type BuildImageResult, modelsIn } from './build-result.ts';
import { type PlannedPlatform, planFor } from './plan-platform.ts';
import { prepareImage, tagNames } from './prepare-image.ts';
import type { ImageOptions } from './prepared-image.ts';
import { writeContext } from './write-context.ts';

export interface EjectOptions extends ImageOptions {
  /** Folder to write the context to. */
  readonly eject?: string | undefined;
  /** Overwrite files that differ. */
  readonly force: boolean;
  /** The plan alone, of as many platforms as are named. */
  readonly dryRun: boolean;
}

export interface ImagePlanResult {
  readonly models: BuildImageResult['models'];
  readonly tags: readonly string[];
  readonly base: string;
  /** One, unless the plan alone is wanted: a Dockerfile is for one platform. */
  readonly platforms: readonly PlannedPlatform[];
  /** Where it was written; null when it was not. */
  readonly ejected: string | null;
}

/** Throws FILE_EXISTS when files would be overwritten. */
export async function planImageOnly(
  { eject, force, dryRun, ...options }: EjectOptions,
  io: Io,
): Promise<ImagePlanResult> {
  const imaging = await io.imaging();
  const prepared = await io.terminal.step('validating the project', async () => {
    const begun = await prepareImage(options, imaging, io);
    await begun.valid;
    return begun;
  });
  // Without an engine nobody knows what it runs: the processor of this machine is the best guess.
  const own = readPlatform(imaging.platform) ?? 'linux/amd64';
  const wanted = prepared.platforms.length > 0 ? prepared.platforms : [own];
  if (wanted.length > 1 && !dryRun) {
    const hint = 'name one of them; without --print and --eject all are built';
    const what = `a Dockerfile is for one platform, and ${wanted.join(', ')} are named`;
    throw new MlserveError('USAGE', what, { where: '--platform', hint });
  }
  const plans = await Promise.all(wanted.map((platform) => planFor(platform, own, prepared)));
  if (eject !== undefined) for (const { members } of plans) await writeContext(members, { eject, force }, imaging, io);
  const platforms = plans.map(({ members: _, ...rest }) => rest);
  const named = { models: modelsIn(prepared.project), tags: tagNames(prepared), base: prepared.base.name };
  return { ...named, platforms, ejected: eject ?? null };
}

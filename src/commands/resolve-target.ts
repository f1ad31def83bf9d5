/** The base of an image × a platform × an engine → what the image for it is planned with: its base, and the one that the steps of its build run in. */
import type { BaseImage } from '../image/base.ts';
import { type Platform, readPlatform } from '../image/platform.ts';
import type { Io } from '../ports.ts';
import type { PlanTarget } from './prepared-image.ts';
import { type BaseSurroundings, resolveBase, resolveForeignBase } from './resolve-base.ts';

/** Throws BASE_UNSUITABLE. */
export async function resolveTarget(
  wanted: BaseImage,
  platform: Platform,
  around: BaseSurroundings,
  io: Io,
): Promise<PlanTarget> {
  const own = readPlatform(around.engine.platform);
  const isForeign = own !== undefined && own !== platform;
  const buildBase = await resolveBase(wanted, own ?? platform, around, io);
  const base = isForeign ? await resolveForeignBase(wanted, platform, around, io) : buildBase;
  return { base, buildBase, platform, buildPlatform: isForeign ? own : undefined };
}

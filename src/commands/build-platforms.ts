/** A prepared image × whatever engine answers → the image for each platform, in that engine. */
import { MlserveError } from '../errors.ts';
import type { Imaging } from '../image/imaging.ts';
import { type Platform, readPlatform } from '../image/platform.ts';
import type { Io } from '../ports.ts';
import { type BuildSurroundings, type BuiltPlatform, buildPlatform } from './build-platform.ts';
import type { PlanTarget, PreparedImage } from './prepared-image.ts';
import { resolveTarget } from './resolve-target.ts';

/** For the platform of the engine, where none is named. */
export async function buildPlatforms(
  prepared: PreparedImage,
  { engine: findEngine, registry }: Imaging,
  { smoke, signal }: Pick<BuildSurroundings, 'smoke' | 'signal'>,
  io: Io,
): Promise<{ readonly around: BuildSurroundings; readonly built: readonly BuiltPlatform[] }> {
  const around = { engine: await findEngine(), registry, smoke, signal };
  const platforms: readonly Platform[] =
    prepared.platforms.length > 0 ? prepared.platforms : [ownPlatform(around.engine.platform)];
  // Of all of them first: a base that is missing for the second one should not be told minutes later.
  const targets: PlanTarget[] = [];
  for (const platform of platforms) targets.push(await resolveTarget(prepared.base, platform, around, io));
  const built: BuiltPlatform[] = [];
  for (const target of targets) built.push(await buildPlatform(prepared, target, around, io));
  return { around, built };
}

function ownPlatform(engine: string): Platform {
  const platform = readPlatform(engine);
  if (platform !== undefined) return platform;
  throw new MlserveError('USAGE', `the engine runs ${engine}, for which there is no onnxruntime`, {
    hint: 'name another with --platform',
  });
}

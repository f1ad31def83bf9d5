/** A prepared image × whatever engine answers → the image for each platform, in that engine. */
import { MlserveError } from '../errors.ts';
import type { Imaging } from '../image/imaging.ts';
import { type Platform, readPlatform } from '../image/platform.ts';
import type { Io } from '../ports.ts';
import { type BuildSurroundings, type BuiltPlatform, buildPlatform } from './build-platform.ts';
import type { PreparedImage } from './prepared-image.ts';

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
  const built: BuiltPlatform[] = [];
  for (const platform of platforms) built.push(await buildPlatform(prepared, platform, around, io));
  return { around, built };
}

function ownPlatform(engine: string): Platform {
  const platform = readPlatform(engine);
  if (platform !== undefined) return platform;
  throw new MlserveError('USAGE', `the engine runs ${engine}, for which there is no onnxruntime`, {
    hint: 'name another with --platform',
  });
}

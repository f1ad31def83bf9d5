/** What a container engine built × the platform that was wanted → BUILD_FAILED where it is for another one. */
import { MlserveError } from '../errors.ts';
import type { ContainerEngine, EngineImage } from './imaging.ts';
import type { Platform } from './platform.ts';

/** A builder that heeds no platform puts the files of one processor on the base of another. */
export function requirePlatform(
  image: Pick<EngineImage, 'platform'> | undefined,
  wanted: Platform,
  { name, builder }: Pick<ContainerEngine, 'name' | 'builder'>,
): void {
  if (image === undefined || image.platform === wanted) return;
  throw new MlserveError(
    'BUILD_FAILED',
    `${name} made an image for ${image.platform}, and one for ${wanted} is wanted`,
    {
      where: `the ${builder} builder`,
      hint: builder === 'classic' ? 'use BuildKit: set DOCKER_BUILDKIT=1' : `build it on a machine of ${wanted}`,
    },
  );
}

import { expect, it } from 'vitest';
import { requirePlatform } from '../../src/image/require-platform.ts';

const engine = { name: 'Docker 20.10.24 at /var/run/docker.sock', builder: 'classic' } as const;

it('takes an image for the platform that was wanted', () => {
  expect(() => requirePlatform({ platform: 'linux/arm64' }, 'linux/arm64', engine)).not.toThrow();
  expect(() => requirePlatform(undefined, 'linux/arm64', engine)).not.toThrow();
});

it('refuses an image that a builder made for another platform, and says what to do', () => {
  const build = (builder: 'classic' | 'buildkit') => () =>
    requirePlatform({ platform: 'linux/amd64' }, 'linux/arm64', { ...engine, builder });
  expect(build('classic')).toThrow(
    expect.objectContaining({
      code: 'BUILD_FAILED',
      message: `${engine.name} made an image for linux/amd64, and one for linux/arm64 is wanted`,
      hint: 'use BuildKit: set DOCKER_BUILDKIT=1',
    }),
  );
  expect(build('buildkit')).toThrow(expect.objectContaining({ hint: 'build it on a machine of linux/arm64' }));
});

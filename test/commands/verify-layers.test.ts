import { expect, it } from 'vitest';
import { verifyLayers } from '../../src/commands/verify-layers.ts';
import type { Inside } from '../../src/ports.ts';
import { projectPath } from '../support/projects.ts';
import { testIo } from '../support/test-io.ts';

/** A build that runs on linux/arm64, with the layers of a project. */
function verify(platform: string, builder: string): Promise<readonly string[]> {
  const folder = projectPath('plain/iris');
  const io = testIo(folder);
  const inside = { platform: 'linux/arm64', join: async () => folder, runtimeVersion: async () => '1.30.0' };
  return verifyLayers('/verified', { platform, builder }, io, inside as unknown as Inside);
}

it('an image is not made of a context for another processor than the one that builds, unless the context says so', async () => {
  await expect(verify('linux/amd64', 'linux/amd64')).rejects.toMatchObject({
    code: 'RUNTIME_UNSUPPORTED',
    message: 'this context is for a build on linux/amd64, not linux/arm64',
    hint: expect.stringContaining('--platform linux/amd64'),
  });
  expect(await verify('linux/amd64', 'linux/arm64')).toEqual([expect.stringMatching(/^iris .*: as locked$/)]);
});

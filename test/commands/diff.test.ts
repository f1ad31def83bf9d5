import { describe, expect, it } from 'vitest';
import { diff } from '../../src/commands/diff.ts';
import { openProject } from '../../src/commands/project.ts';
import { imageLabels } from '../../src/image/labels.ts';
import type { Io } from '../../src/ports.ts';
import { sampleFacts } from '../image/facts.ts';
import { type ProjectName, projectPath } from '../support/projects.ts';
import { testIo } from '../support/test-io.ts';

/** An engine that holds an image of the project, with the labels that a build would give it. */
async function withImage(name: ProjectName): Promise<Io> {
  const io = testIo(projectPath(name));
  const { spec, lock } = await openProject('.', {}, io);
  if (lock === undefined) throw new Error('the project is locked');
  const labels = imageLabels({ ...sampleFacts(), spec, lock });
  const image = { id: 'i', digests: [], labels, bytes: 1, platform: 'linux/amd64' };
  const engine = {
    name: 'an engine',
    image: async (asked: string) => (asked === 'made:1' ? image : { ...image, labels: {} }),
  };
  return { ...io, imaging: async () => ({ engine: async () => engine }) } as unknown as Io;
}

describe('an image', () => {
  it.each(['plain/iris', 'several/digits'] as const)(
    'of %s is identical to the project that it was built of',
    async (name) => {
      const result = await diff({ old: 'made:1', new: '.', examples: false }, await withImage(name));
      expect(result).toMatchObject({ kind: 'identical', step: 'none', old: { kind: 'image' }, changes: [] });
      expect(result.version).toMatchObject({ taken: 'none', isEnough: true });
      expect(result.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    },
  );

  it('is not run, has no model of another name, and must have been made by mlserve', async () => {
    const io = await withImage('plain/iris');
    const run = diff({ old: 'made:1', new: '.', rows: 'mlserve.yaml', examples: false }, io);
    await expect(run).rejects.toMatchObject({ code: 'USAGE', where: 'made:1' });
    const named = diff({ old: 'made:1', new: '.', model: 'nobody', examples: false }, io);
    await expect(named).rejects.toMatchObject({ code: 'USAGE', hint: 'it has: iris' });
    const foreign = diff({ old: 'foreign:1', new: '.', examples: false }, io);
    await expect(foreign).rejects.toThrow('mlserve did not make this image');
  });
});

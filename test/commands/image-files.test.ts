import { describe, expect, it } from 'vitest';
import { imageFiles } from '../../src/commands/image-files.ts';
import { openProject } from '../../src/commands/project.ts';
import { imageParts } from '../../src/io/image-parts.ts';
import type { Lock } from '../../src/lock/lock.ts';
import { parseLock } from '../../src/lock/lockfile.ts';
import { projectPath } from '../support/projects.ts';
import { sampleMeasurement } from '../support/sample-lock.ts';
import { testIo } from '../support/test-io.ts';

describe('the files of an image', () => {
  it('hold the lock without what was measured, so that a second measurement is no other image', async () => {
    const path = projectPath('plain/iris');
    const io = testIo(path);
    const project = await openProject('.', {}, io);
    const { lock } = project;
    if (lock === undefined) throw new Error('the project has a lock');
    const measured = { ...lock, measurements: lock.models.map(sampleMeasurement) };
    const own = await imageParts();
    const filesOf = (of: Lock) => imageFiles({ ...project, lock: of }, 'linux/amd64', own, io);
    const files = await filesOf(measured);
    expect(files).toEqual(await filesOf(lock));
    expect(parseLock(files.lock).measurements).toBeUndefined();
  });
});

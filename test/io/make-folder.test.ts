import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/io/make-folder.ts';
import { tempFolder } from '../support/temp.ts';

describe('making a folder', () => {
  it('makes those above it too, and says which was the first', async () => {
    const home = await tempFolder();
    expect(await makeFolder(join(home, 'a/b/c'))).toBe(join(home, 'a'));
    expect((await stat(join(home, 'a/b/c'))).isDirectory()).toBe(true);
    expect(await makeFolder(join(home, 'a/b/d'))).toBe(join(home, 'a/b/d'));
    expect(await makeFolder(join(home, 'a/b/d'))).toBeUndefined();
  });

  it('is one of several that do the same at the same time', async () => {
    const home = await tempFolder();
    const firsts = await Promise.all(Array.from({ length: 8 }, () => makeFolder(join(home, 'a/b'))));
    expect((await stat(join(home, 'a/b'))).isDirectory()).toBe(true);
    expect(firsts.filter((first) => first === join(home, 'a')).length).toBeLessThanOrEqual(1);
  });

  it('goes through links, and refuses a file in the way', async () => {
    const home = await tempFolder();
    await mkdir(join(home, 'real'));
    await symlink('real', join(home, 'link'));
    expect(await makeFolder(join(home, 'link/x'))).toBe(join(home, 'link/x'));
    expect((await stat(join(home, 'real/x'))).isDirectory()).toBe(true);
    await writeFile(join(home, 'file'), '');
    await expect(makeFolder(join(home, 'file/x/y'))).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it.skipIf(process.platform !== 'linux')('gives up where none can be made, however often it is tried', async () => {
    await expect(makeFolder('/proc/nope/deeper')).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: '/proc/nope: no folder can be made here',
    });
  });
});

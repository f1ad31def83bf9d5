import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireOutputFiles } from '../../src/commands/output-files.ts';
import { tempFolder } from '../support/temp.ts';
import { testIo } from '../support/test-io.ts';

async function folder(): Promise<string> {
  const cwd = await tempFolder();
  await mkdir(join(cwd, 'out'));
  await symlink('out', join(cwd, 'link'));
  await writeFile(join(cwd, 'out/there.xml'), '');
  await symlink('out/there.xml', join(cwd, 'alias.xml'));
  await symlink('nowhere', join(cwd, 'dangling'));
  return cwd;
}

describe('files to write', () => {
  it.each([
    ['x.json', 'x.json'],
    ['x.json', './out/../x.json'],
    ['new/deep/x.json', 'new/./deep/x.json'],
    ['out/x.json', 'link/x.json'],
    ['out/new/x.json', 'link/new/x.json'],
    ['out/there.xml', 'alias.xml'],
    ['link/there.xml', 'alias.xml'],
  ])('are refused where %s and %s are one', async (first, second) => {
    const cwd = await folder();
    for (const path of [second, join(cwd, second)]) {
      await expect(requireOutputFiles({ '--junit': first, '--sarif': path }, testIo(cwd))).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringContaining('--junit and --sarif name the same file'),
        where: path,
      });
    }
  });

  it('may be two, one or none, and links that point nowhere are files of their own', async () => {
    const io = testIo(await folder());
    for (const given of [
      {},
      { '--junit': undefined, '--sarif': 'x' },
      { '--junit': 'out/x', '--sarif': 'x' },
      { '--junit': 'dangling', '--sarif': 'nowhere' },
    ]) {
      await expect(requireOutputFiles(given, io)).resolves.toBeUndefined();
    }
  });

  it.each(['out', 'link', '.'])('are no folders: %s', async (path) => {
    await expect(requireOutputFiles({ '--sarif': path }, testIo(await folder()))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: `${path}: is a folder, not a file`,
      hint: 'name a file with --sarif',
    });
  });
});

import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { realFiles } from '../../src/io/files.ts';
import { tempFolder } from '../support/temp.ts';

async function tree(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pairs = files.map(async (file) => [file.slice(folder.length + 1), await readFile(file, 'utf8')] as const);
  return Object.fromEntries((await Promise.all(pairs)).sort());
}

describe('a staged folder', () => {
  it('becomes the target when there was none, with the usual mode', async () => {
    const cwd = await tempFolder();
    await mkdir(join(cwd, 'plain'));
    const files = realFiles(cwd);
    const staged = await files.stage('a/b/project');
    await files.writeAtomic(join(staged.path, 'models/m.bin'), 'weights');
    expect(await staged.compare()).toEqual([{ path: 'models/m.bin', bytes: 7, state: 'new' }]);
    await staged.commit(['models/m.bin']);
    await staged.discard();
    expect(await tree(cwd)).toEqual({ 'a/b/project/models/m.bin': 'weights' });
    expect((await stat(join(cwd, 'a/b/project'))).mode).toBe((await stat(join(cwd, 'plain'))).mode);
  });

  it('is not made where a file is, or inside of one', async () => {
    const cwd = await tempFolder();
    await writeFile(join(cwd, 'a.yaml'), 'mine');
    const errors = await Promise.all(
      ['a.yaml', 'a.yaml/b'].map((target) =>
        realFiles(cwd)
          .stage(target)
          .catch((error: unknown) => error),
      ),
    );
    expect(errors).toMatchObject([
      { code: 'FILE_UNREADABLE', message: 'a.yaml: is a file, not a folder', hint: 'name a folder' },
      { code: 'FILE_UNREADABLE', message: 'a.yaml/b: a file is where a folder must be' },
    ]);
    expect(await tree(cwd)).toEqual({ 'a.yaml': 'mine' });
  });

  it('leaves nothing behind when it is discarded, not even the folders above it', async () => {
    const cwd = await tempFolder();
    const files = realFiles(cwd);
    const staged = await files.stage('a/b/project');
    await files.writeAtomic(join(staged.path, 'x'), '1');
    await staged.discard();
    expect(await readdir(cwd)).toEqual([]);
  });

  it('tells files that are new, the same and different, and moves only those it is told to', async () => {
    const cwd = await tempFolder();
    const files = realFiles(cwd);
    for (const [name, text] of [
      ['same', 'a'],
      ['longer', 'ab'],
      ['other', 'x'],
      ['mine', 'm'],
    ] as const) {
      await files.writeAtomic(`project/${name}`, text);
    }
    const staged = await files.stage('project');
    for (const name of ['same', 'longer', 'other', 'sub/new']) await files.writeAtomic(join(staged.path, name), 'a');
    expect((await staged.compare()).map(({ path, state }) => [path, state])).toEqual([
      ['longer', 'different'],
      ['other', 'different'],
      ['same', 'same'],
      ['sub/new', 'new'],
    ]);
    await staged.commit(['other', 'sub/new']);
    await staged.discard();
    expect(await tree(cwd)).toEqual({
      'project/longer': 'ab',
      'project/mine': 'm',
      'project/other': 'a',
      'project/same': 'a',
      'project/sub/new': 'a',
    });
  });

  it('puts everything back when a move fails half way', async () => {
    const cwd = await tempFolder();
    const files = realFiles(cwd);
    await files.writeAtomic('project/config', 'old');
    // A file where a folder must be made: the third move cannot succeed.
    await files.writeAtomic('project/models', 'in the way');
    const before = await tree(cwd);
    const staged = await files.stage('project');
    for (const name of ['config', 'docs/deep/new', 'models/m']) await files.writeAtomic(join(staged.path, name), 'new');
    await expect(staged.commit(['config', 'docs/deep/new', 'models/m'])).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
    await staged.discard();
    expect(await tree(cwd)).toEqual(before);
    expect((await readdir(join(cwd, 'project'))).sort()).toEqual(['config', 'models']);
  });

  it('works in a folder whose parent cannot be written, through a symlink', async (context) => {
    if (process.getuid?.() === 0) context.skip('root may write anywhere');
    const cwd = await tempFolder();
    await mkdir(join(cwd, 'outer/project'), { recursive: true });
    await chmod(join(cwd, 'outer'), 0o555);
    await symlink(join(cwd, 'outer/project'), join(cwd, 'link'));
    const files = realFiles(cwd);
    const staged = await files.stage('link');
    await files.writeAtomic(join(staged.path, 'x'), '1');
    await staged.commit(['x']);
    await staged.discard();
    expect(await tree(join(cwd, 'outer/project'))).toEqual({ x: '1' });
    await chmod(join(cwd, 'outer'), 0o755);
  });
});

describe('writing chunks', () => {
  it('replaces the file after the last chunk only', async () => {
    const cwd = await tempFolder();
    const files = realFiles(cwd);
    await writeFile(join(cwd, 'out'), 'old');
    const chunks = async function* () {
      yield 'one\n';
      expect(await readFile(join(cwd, 'out'), 'utf8')).toBe('old');
      yield 'two\n';
    };
    await files.writeChunks('out', chunks());
    expect(await tree(cwd)).toEqual({ out: 'one\ntwo\n' });
  });

  it('keeps the old file and passes on the error of the chunks', async () => {
    const cwd = await tempFolder();
    await writeFile(join(cwd, 'out'), 'old');
    const failing = async function* (): AsyncGenerator<string> {
      yield 'one\n';
      throw new RangeError('mine');
    };
    await expect(realFiles(cwd).writeChunks('out', failing())).rejects.toBeInstanceOf(RangeError);
    expect(await tree(cwd)).toEqual({ out: 'old' });
  });
});

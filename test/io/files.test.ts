/** The `Files` port on a real folder: atomic writes, hashing against a published value, globs, plain errors. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { MlserveError } from '../../src/errors.ts';
import { realFiles } from '../../src/io/files.ts';
import type { Files } from '../../src/ports.ts';

let dir: string;
let files: Files;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mlserve-files-'));
  files = realFiles(dir);
});

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof MlserveError ? error.code : error),
  );

describe('an atomic write', () => {
  it('makes parent folders, replaces the old content and leaves no temp file', async () => {
    await files.writeAtomic('a/b/file.txt', 'one');
    await files.writeAtomic('a/b/file.txt', new Uint8Array([0x74, 0x77, 0x6f]));
    expect(readFileSync(join(dir, 'a/b/file.txt'), 'utf8')).toBe('two');
    expect(readdirSync(join(dir, 'a/b'))).toEqual(['file.txt']);
  });

  it('keeps the mode of the file it replaces and writes through a symlink', async () => {
    writeFileSync(join(dir, 'real'), 'old');
    chmodSync(join(dir, 'real'), 0o640);
    symlinkSync('real', join(dir, 'link'));
    await files.writeAtomic('link', 'new');
    expect(readFileSync(join(dir, 'real'), 'utf8')).toBe('new');
    expect(statSync(join(dir, 'real')).mode & 0o777).toBe(0o640);
  });

  it('does not touch other hard links of the old file', async () => {
    writeFileSync(join(dir, 'one'), 'old');
    linkSync(join(dir, 'one'), join(dir, 'two'));
    await files.writeAtomic('one', 'new');
    expect(readFileSync(join(dir, 'two'), 'utf8')).toBe('old');
  });

  it('leaves the target and no temp file when it cannot finish', async () => {
    mkdirSync(join(dir, 'target'));
    writeFileSync(join(dir, 'target/inside'), '');
    expect(await codeOf(files.writeAtomic('target', 'text'))).toBe('FILE_UNREADABLE');
    expect(readdirSync(dir)).toEqual(['target']);
  });

  it('copies a read-only file, and a missing source leaves nothing', async () => {
    writeFileSync(join(dir, 'source'), 'bytes', { mode: 0o444 });
    await files.copyAtomic('source', 'to/copy');
    expect(readFileSync(join(dir, 'to/copy'), 'utf8')).toBe('bytes');
    expect(await codeOf(files.copyAtomic('absent', 'to/other'))).toBe('FILE_NOT_FOUND');
    expect(readdirSync(join(dir, 'to'))).toEqual(['copy']);
  });
});

describe('hashing', () => {
  it('prints what sha256sum prints, for sizes around the chunk', async () => {
    for (const size of [0, 1, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 3 * 2 ** 20 + 17]) {
      writeFileSync(join(dir, 'data'), randomBytes(size));
      const expected = execFileSync('sha256sum', [join(dir, 'data')], { encoding: 'utf8' }).slice(0, 64);
      expect(await files.sha256('data')).toBe(expected);
    }
  });
});

describe('reading', () => {
  it('gives random access, with fewer bytes past the end', async () => {
    writeFileSync(join(dir, 'data'), 'hello world');
    const source = await files.open('data');
    expect(source.size).toBe(11);
    expect(Buffer.from(source.read(6, 3)).toString()).toBe('wor');
    expect(Buffer.from(source.read(9, 100)).toString()).toBe('ld');
    expect(source.read(50, 10).length).toBe(0);
    source.close();
  });

  it('refuses a folder or a device as a model, text that is not UTF-8, and what is not there', async () => {
    writeFileSync(join(dir, 'latin'), Buffer.from([0x63, 0xe9]));
    expect(await codeOf(files.open('.'))).toBe('FILE_UNREADABLE');
    expect(await codeOf(files.open('/dev/zero'))).toBe('FILE_UNREADABLE');
    expect(await codeOf(files.readText('latin'))).toBe('FILE_UNREADABLE');
    expect(await codeOf(files.readText('absent'))).toBe('FILE_NOT_FOUND');
    expect(await codeOf(files.readText('latin/absent'))).toBe('FILE_NOT_FOUND');
    expect(await codeOf(files.readText('nul\0'))).toBe('FILE_UNREADABLE');
    expect(await codeOf(files.sha256('absent'))).toBe('FILE_NOT_FOUND');
  });

  it.skipIf(process.platform === 'win32')('refuses a pipe at once, instead of waiting for a writer', async () => {
    execFileSync('mkfifo', [join(dir, 'pipe')]);
    expect(await codeOf(files.readText('pipe'))).toBe('FILE_UNREADABLE');
    expect(await codeOf(files.sha256('pipe'))).toBe('FILE_UNREADABLE');
    expect(await codeOf(files.open('pipe'))).toBe('FILE_UNREADABLE');
    expect(await codeOf(files.readText('/dev/zero'))).toBe('FILE_UNREADABLE');
  });

  it('drops the byte order mark of a text', async () => {
    writeFileSync(join(dir, 'bom'), '\ufeffkey: 1');
    expect(await files.readText('bom')).toBe('key: 1');
  });

  it('streams a file in order and names a missing one', async () => {
    const bytes = randomBytes(700_001);
    writeFileSync(join(dir, 'data'), bytes);
    const chunks: Uint8Array[] = [];
    for await (const chunk of files.stream('data')) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    const drain = async () => {
      for await (const _ of files.stream('absent'));
    };
    expect(await codeOf(drain())).toBe('FILE_NOT_FOUND');
  });
});

describe('looking around', () => {
  it('does not follow a symlink in stat, counts hard links, and answers undefined for nothing', async () => {
    writeFileSync(join(dir, 'one'), 'abc');
    linkSync(join(dir, 'one'), join(dir, 'two'));
    symlinkSync('one', join(dir, 'link'));
    expect(await files.stat('one')).toMatchObject({ size: 3, kind: 'file', links: 2 });
    expect((await files.stat('link'))?.kind).toBe('symlink');
    expect((await files.stat('.'))?.kind).toBe('directory');
    expect(await files.stat('absent')).toBeUndefined();
    expect(await files.realPath('link')).toBe(await files.realPath('one'));
  });

  it('globs names, folders at any depth, and never leaves the root', async () => {
    mkdirSync(join(dir, 'examples/deep/er'), { recursive: true });
    for (const name of ['b.json', 'a.json', '.hidden.json', 'x+y.json', 'deep/c.json', 'deep/er/d.json', 'note.txt']) {
      writeFileSync(join(dir, 'examples', name), '');
    }
    symlinkSync('..', join(dir, 'examples/deep/up'));
    const inside = (pattern: string) => files.glob('.', pattern);
    expect(await inside('examples/*.json')).toEqual(['examples/a.json', 'examples/b.json', 'examples/x+y.json']);
    expect(await inside('examples/?.json')).toEqual(['examples/a.json', 'examples/b.json']);
    expect(await inside('examples/**/d.json')).toEqual(['examples/deep/er/d.json']);
    expect(await inside('**/c.json')).toEqual(['examples/deep/c.json']);
    expect(await inside('./examples/x+y.json')).toEqual(['examples/x+y.json']);
    expect(await inside('examples/../*')).toEqual([]);
    expect(await files.glob('absent', '*')).toEqual([]);
  });
});

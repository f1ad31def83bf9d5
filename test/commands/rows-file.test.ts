/** The file of rows: what is known of it before it is read, and how far reading has come. */
import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRows } from '../../src/commands/rows-file.ts';
import { realFiles } from '../../src/io/files.ts';
import { tempFolder } from '../support/temp.ts';

const never = new AbortController().signal;

describe('a file of rows', () => {
  it('has a size, also behind a link, and tells how much of it was read', async () => {
    const cwd = await tempFolder();
    writeFileSync(join(cwd, 'rows.csv'), 'x'.repeat(1_000_000));
    symlinkSync('rows.csv', join(cwd, 'link.csv'));
    for (const path of ['rows.csv', 'link.csv']) {
      const rows = await findRows(path, realFiles(cwd));
      expect([rows.size, rows.read()]).toEqual([1_000_000, 0]);
      let bytes = 0;
      for await (const chunk of rows.chunks(never)) {
        bytes += chunk.length;
        expect(rows.read()).toBe(bytes);
      }
      expect(bytes).toBe(1_000_000);
    }
  });

  it('has none where it is a pipe or standard input', async () => {
    const cwd = await tempFolder();
    expect((await findRows('-', realFiles(cwd))).size).toBeUndefined();
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    expect((await findRows('pipe', realFiles(cwd))).size).toBeUndefined();
  });

  it('is said to be missing before it is read', async () => {
    const files = realFiles(await tempFolder());
    await expect(findRows('absent.csv', files)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

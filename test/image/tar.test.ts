import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ContextFile, contextMembers, refuseLargeContext } from '../../src/image/context.ts';
import { packContext } from '../../src/image/pack-context.ts';
import { tarHeader, tarSize } from '../../src/image/tar.ts';
import { realFiles } from '../../src/io/files.ts';
import { digestFor } from '../support/sample-lock.ts';
import { tempFolder } from '../support/temp.ts';

async function pack(files: readonly ContextFile[], cwd = '/'): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of packContext(contextMembers(files), realFiles(cwd))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const text = (path: string, content: string): ContextFile => ({ path, content: { text: content } });
const FILES = [
  text('layers/model/weights.bin', 'x'.repeat(700)),
  text('Dockerfile', 'FROM a\n'),
  text('layers/empty', ''),
];

/** GNU tar's own archive of the same files. */
async function byGnuTar(files: readonly ContextFile[], folder: string): Promise<Buffer> {
  for (const { path, content } of files) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), 'text' in content ? content.text : '');
  }
  const options =
    '--format=ustar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -b1 -cf -';
  return execFileSync('tar', [...options.split(' '), '-C', folder, 'Dockerfile', 'layers']);
}

describe('a build context', () => {
  it('is byte for byte what GNU tar makes of the same files', async () => {
    expect((await pack(FILES)).equals(await byGnuTar(FILES, await tempFolder()))).toBe(true);
  });

  it('is the same on every Node, on every day, whatever the order of its files', async () => {
    const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    // Of the archive that GNU tar 1.34 made of FILES.
    const expected = 'eeda6ee204a1729c5381a7c99394efb3df08635dd746a10a347c68490f186994';
    expect(sha(await pack(FILES))).toBe(expected);
    expect(sha(await pack([...FILES].reverse()))).toBe(expected);
  });

  it('does not depend on the times and modes of files', async () => {
    const folder = await tempFolder();
    const file = join(folder, 'model.onnx');
    await writeFile(file, 'weights', { mode: 0o600 });
    const files = [{ path: 'model.onnx', content: { file, bytes: 7, digest: digestFor('weights') } }];
    const first = await pack(files);
    await utimes(file, 1, 1);
    expect((await pack(files)).equals(first)).toBe(true);
  });

  it.each([
    ['spaces and other scripts', 'models/été 夏/模型 1.onnx'],
    ['a path longer than a plain header holds', `models/${'deep/'.repeat(40)}model.onnx`],
    ['a name of 250 bytes', `models/${'n'.repeat(250)}`],
  ])('keeps %s', async (_, path) => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'context.tar'), await pack([text(path, 'content')]));
    execFileSync('tar', ['-xf', 'context.tar'], { cwd: folder });
    expect(await readFile(join(folder, path), 'utf8')).toBe('content');
  });

  it('has the size that was foretold, for any names and sizes', async () => {
    const name = fc.stringMatching(/^[a-zé夏 ]{1,120}$/);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), fc.nat(2000), async (names, size) => {
        const files = names.map((each) => text(each, 'x'.repeat(size)));
        expect((await pack(files)).length).toBe(tarSize(contextMembers(files)));
      }),
      { numRuns: 50 },
    );
  });

  it('holds a file of more than eight gigabytes', async () => {
    const header = tarHeader({ path: 'huge.bin', bytes: 9 * 2 ** 30 });
    expect(Buffer.from(header).toString('latin1')).toContain(`size=${9 * 2 ** 30}\n`);
    const folder = await tempFolder();
    await writeFile(join(folder, 'h.tar'), header);
    // The list says the size before it misses the content.
    const listed = execFileSync('sh', ['-c', 'tar -tvf h.tar 2>/dev/null || true'], { cwd: folder, encoding: 'utf8' });
    expect(listed).toContain(String(9 * 2 ** 30));
  });

  it.each([
    ['longer', 'weights and more'],
    ['shorter', 'w'],
    ['other', 'heights'],
  ])('is not made of a file that became %s since it was locked', async (_, content) => {
    const folder = await tempFolder();
    const file = join(folder, 'model.onnx');
    await writeFile(file, content);
    const files = [{ path: 'model.onnx', content: { file, bytes: 7, digest: digestFor('weights') } }];
    await expect(pack(files)).rejects.toMatchObject({ code: 'LOCK_MISMATCH', where: file });
  });

  it('that is larger than its limit is refused before anything is sent', () => {
    const members = contextMembers([
      { path: 'model.onnx', content: { file: '/nowhere', bytes: 5_000_000, digest: digestFor('it') } },
    ]);
    expect(refuseLargeContext(members, 6_000_000)).toBeGreaterThan(5_000_000);
    expect(() => refuseLargeContext(members, 4_000_000)).toThrow(
      expect.objectContaining({ code: 'IMAGE_TOO_LARGE', where: 'image.maxContext' }),
    );
  });
});

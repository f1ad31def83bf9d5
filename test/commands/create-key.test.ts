import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKey, renderCreatedKey } from '../../src/commands/create-key.ts';
import { parseKeys } from '../../src/server/auth/api-keys.ts';
import { tempFolder } from '../support/temp.ts';
import { testIo } from '../support/test-io.ts';

describe('a new key', () => {
  it('is 256 random bits, and its line has the hash that sha256sum prints', async () => {
    const io = testIo('.');
    const { key, line } = await createKey({ name: 'shop', scope: 'infer,metrics' }, io);
    expect(key).toMatch(/^mlserve_[\w-]{43}$/);
    const hash = execFileSync('sha256sum', { input: key, encoding: 'utf8' }).slice(0, 64);
    expect(line).toBe(`shop infer,metrics sha256:${hash}`);
    expect((await createKey({ name: 'shop', scope: 'infer' }, io)).key).not.toBe(key);
    expect(renderCreatedKey({ name: 'shop', scopes: ['infer'], key, line })).toContain(`  ${key}\n`);
  });

  it('goes to the end of its file, which is made, and read by the service', async () => {
    const dir = await tempFolder();
    const io = testIo(dir);
    const file = join(dir, 'keys.txt');
    await createKey({ name: 'a', scope: 'infer', file: 'keys.txt' }, io);
    await writeFile(file, `# ours\n${(await readFile(file, 'utf8')).trimEnd()}`);
    await createKey({ name: 'b', scope: 'admin', file: 'keys.txt' }, io);
    const text = await readFile(file, 'utf8');
    expect(text).toMatch(/^# ours\na infer sha256:[0-9a-f]{64}\nb admin sha256:[0-9a-f]{64}\n$/);
    expect(parseKeys(text, file).issues).toEqual([]);
    await expect(createKey({ name: 'a', scope: 'infer', file: 'keys.txt' }, io)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it.each([
    ['a b', 'infer'],
    ['', 'infer'],
    ['shop', 'root'],
    ['shop', ''],
  ])('is refused for the name %j with the scope %j', async (name, scope) => {
    await expect(createKey({ name, scope }, testIo('.'))).rejects.toMatchObject({ code: 'USAGE' });
  });
});

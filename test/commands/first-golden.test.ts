import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstGolden } from '../../src/commands/first-golden.ts';
import { realFiles } from '../../src/io/files.ts';
import type { ModelSpec } from '../../src/service/spec.ts';
import { tempFolder } from '../support/temp.ts';

async function found(files: Readonly<Record<string, string>>, examples: readonly string[] = ['examples/*.json']) {
  const dir = await tempFolder();
  await mkdir(join(dir, 'examples'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, 'examples', name), text);
  return (await firstGolden(dir, { examples } as ModelSpec, { files: realFiles(dir) }))?.request;
}
const example = (value: string): string => `{"request":{"instances":[${value}]},"response":{"predictions":[1]}}`;

describe('the example of a model to show', () => {
  it('is the first golden one, large integers kept', async () => {
    expect(await found({ 'b.json': example('2'), 'a.json': example('9007199254740993') })).toEqual({
      instances: [9007199254740993n],
    });
    expect(await found({ 'a.json': example('1') }, ['none/*', 'examples/a.json'])).toEqual({ instances: [1] });
  });

  it('is the next where one is broken, none, or larger than anybody reads', async () => {
    const files = {
      'a.json': '{',
      'b.json': '{"request":1}',
      'c.json': `${example('1')}${' '.repeat(2 ** 20)}`,
      'd.json': example('4'),
    };
    expect(await found(files)).toEqual({ instances: [4] });
  });

  it('is none without examples', async () => {
    expect(await found({})).toBeUndefined();
    expect(await found({ 'a.json': example('1') }, [])).toBeUndefined();
  });
});

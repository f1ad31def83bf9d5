import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planImage } from '../../src/image/image-plan.ts';
import { type DatedFile, layerArchives } from '../../src/image/layer-archives.ts';
import { realFiles } from '../../src/io/files.ts';
import { digestFor } from '../support/sample-lock.ts';
import { tempFolder } from '../support/temp.ts';
import { sampleFacts } from './facts.ts';

const files = realFiles('/');
const facts = sampleFacts();
const archivesOf = (parts: Partial<typeof facts.parts> = {}): readonly DatedFile[] =>
  layerArchives(planImage({ ...facts, parts: { ...facts.parts, ...parts } }), files).archives;

const changed = (before: readonly DatedFile[], after: readonly DatedFile[]): readonly string[] =>
  after.filter(({ modified }, at) => modified !== before[at]?.modified).map(({ path }) => path);

describe('a context of archives', () => {
  it('has one for each layer, sorted, and a Dockerfile that unpacks each of them', async () => {
    const plan = planImage(facts);
    const { archives, dockerfile } = layerArchives(plan, files);
    const names = archives.map(({ path }) => path);
    expect(names).toEqual(['a@1.0.0.tar', 'b@1.0.0.tar', 'runtime.tar', 'server.tar', 'service.tar']);
    expect([...names].sort()).toEqual(names);
    const text = plan.archivesDockerfile;
    for (const name of names) expect(text).toMatch(new RegExp(`^ADD .*${name} `, 'm'));
    expect(text).not.toContain('layers/');
    // What is not brought in is the same.
    const rest = (all: string) => all.split('\n').filter((line) => !/^(ADD|COPY) (?!--from)|^# Each/.test(line));
    expect(rest(text)).toEqual(rest(plan.dockerfile));
    expect(dockerfile).toMatchObject({ path: 'Dockerfile', bytes: Buffer.byteLength(text) });
  });

  it('gives a layer another time when its content changes, also to one of the same size, and no other layer', () => {
    const before = archivesOf();
    expect(changed(before, archivesOf())).toEqual([]);
    const config = archivesOf({ config: 'name: frauD\n' });
    expect(config.map(({ bytes }) => bytes)).toEqual(before.map(({ bytes }) => bytes));
    expect(changed(before, config)).toEqual(['service.tar']);
    const [first, ...others] = facts.parts.models;
    if (first === undefined) throw new Error('the sample has models');
    const other = first.files.map((file) => ({
      ...file,
      content: {
        file: '/elsewhere',
        bytes: 'bytes' in file.content ? file.content.bytes : 0,
        digest: digestFor('new'),
      },
    }));
    const model = archivesOf({ models: [{ ...first, files: other }, ...others] });
    expect(model.map(({ bytes }) => bytes)).toEqual(before.map(({ bytes }) => bytes));
    expect(changed(before, model)).toEqual(['a@1.0.0.tar']);
    // The same bytes under another name.
    const moved = archivesOf({
      server: facts.parts.server.map((file) => ({ ...file, path: 'app/dist/io/serves.js' })),
    });
    expect(changed(before, moved)).toEqual(['server.tar']);
  });

  it('gives times that a file system can keep', () => {
    for (const { modified } of archivesOf()) {
      expect(modified).toBeGreaterThanOrEqual(0n);
      expect(modified).toBeLessThan(2n ** 31n * 1_000_000_000n);
    }
  });

  it('has what lies in the image under the same path, dated 1970, and as many bytes as it says', async () => {
    const folder = await tempFolder();
    const file = join(folder, 'server.js');
    await writeFile(file, 'server');
    const server = [{ path: 'app/dist/io/server.js', content: { file, bytes: 6, digest: digestFor('server') } }];
    const archive = archivesOf({ server }).find(({ path }) => path === 'server.tar');
    const chunks: Uint8Array[] = [];
    for await (const chunk of archive?.content() ?? []) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    expect(bytes.length).toBe(archive?.bytes);
    await writeFile(join(folder, 'server.tar'), bytes);
    const listed = execFileSync('tar', ['--utc', '-tvf', 'server.tar'], { cwd: folder, encoding: 'utf8' });
    expect(listed.trim().split('\n')).toHaveLength(4);
    for (const line of listed.trim().split('\n')) expect(line).toMatch(/ 0\/0 .* 1970-01-01 00:00 app\//);
  });
});

/** The fixtures are what their provenance says: same bytes, enough rows, and hostile links where the models expect them. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { elementCount } from '../src/model/tensor.ts';
import {
  type FixtureGroup,
  fixturePath,
  listFixtures,
  materialise,
  readCases,
  readProvenance,
} from './support/fixtures.ts';

const GROUPS: readonly FixtureGroup[] = ['real', 'protocol', 'digest', 'change', 'hostile', 'foreign'];
const ROOT = dirname(dirname(dirname(fixturePath('real/iris'))));
const MEGABYTE = 1_000_000;

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

describe.each(GROUPS)('the fixtures of group %s', (group) => {
  const models = readProvenance(group);

  it('are all in the provenance, and only they', () => {
    expect(listFixtures(group)).toEqual(
      Object.keys(models)
        .map((name) => `${group}/${name}`)
        .sort(),
    );
  });

  it.each(Object.keys(models))('%s has exactly the files and sha256 that its provenance records', (name) => {
    const folder = join(ROOT, group, name);
    const files = filesBelow(folder);
    const actual = files.map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex'),
    ]);
    expect(Object.fromEntries(actual)).toEqual(models[name]?.files);
  });

  it('have cases whose data fill their dims', () => {
    for (const name of listFixtures(group, 'cases.json')) {
      const { inputs, outputs } = readCases(name);
      expect(inputs.size, name).toBeGreaterThan(0);
      expect(outputs.size, name).toBeGreaterThan(0);
      for (const { dims, data } of [...inputs.values(), ...outputs.values()]) {
        expect(data.length, name).toBe(elementCount(dims));
      }
    }
  });
});

describe('the fixtures', () => {
  it.each(listFixtures('real'))('%s has at least 20 rows, each with the answer of the estimator', (name) => {
    const { inputs, labels, predictions } = readCases(name);
    for (const { dims } of inputs.values()) expect(dims[0]).toBeGreaterThanOrEqual(20);
    const rows = inputs.values().next().value?.dims[0];
    expect((labels ?? predictions)?.length).toBe(rows);
  });

  it('expect at least one known rule of every hostile model', () => {
    for (const { expectedRules } of Object.values(readProvenance('hostile'))) {
      expect(expectedRules?.length).toBeGreaterThan(0);
      for (const rule of expectedRules ?? []) expect(rule).toMatch(/^MSV0[0-3]\d$/);
    }
  });

  it('stay small together', () => {
    const bytes = filesBelow(ROOT).reduce((sum, file) => sum + statSync(join(ROOT, file)).size, 0);
    expect(bytes).toBeLessThan(12 * MEGABYTE);
  });

  it('are materialised with the links that git cannot keep', async () => {
    const symbolic = await materialise('hostile/external-symlink');
    expect(lstatSync(join(symbolic, 'weights.bin')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(symbolic, 'weights.bin')).length).toBe(8);
    const folder = await materialise('hostile/external-symlinked-dir');
    expect(readFileSync(join(folder, 'data', 'secret.bin')).length).toBe(8);
    const hard = await materialise('hostile/external-hard-link');
    expect(statSync(join(hard, 'weights.bin')).nlink).toBe(2);
  });
});

describe('cases.json', () => {
  it('gives 64-bit integers, half precision and non-finite numbers back exactly', () => {
    const unsigned = readCases('protocol/identity-uint64').inputs.get('INPUT0');
    expect(unsigned?.data).toEqual(new BigUint64Array([0n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]));
    const half = readCases('protocol/identity-float16').inputs.get('INPUT0');
    expect(half?.data).toEqual(new Uint16Array([0x3800, 0xbe00, 0x7bff, 0x0400]));
    const numbers = readCases('protocol/nan-inf-output').outputs.get('OUTPUT0');
    expect(numbers?.data).toEqual(new Float32Array([1, Number.NaN, Infinity, -Infinity, 0, -2.5]));
  });

  it('keeps inputs called __proto__ and constructor', () => {
    expect([...readCases('protocol/prototype-names').inputs.keys()]).toEqual(['__proto__', 'constructor']);
  });
});

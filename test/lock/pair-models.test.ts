import { describe, expect, it } from 'vitest';
import { createLock } from '../../src/lock/create-lock.ts';
import { findDrift } from '../../src/lock/drift.ts';
import { pairModels } from '../../src/lock/pair-models.ts';
import { sampleLock, sampleModel } from '../support/sample-lock.ts';

const version = (name: string, text: string) => ({ ...sampleModel(name), version: text });
const idOf = ({ name, version: text }: { name: string; version: string }) => `${name}@${text}`;

describe('models of a lock and of the disk', () => {
  it('are the same by name and version, then by name, and else extra or missing', () => {
    const locked = [version('a', '1.0.0'), version('a', '2.0.0'), version('b', '1.0.0'), version('c', '1.0.0')];
    const current = [version('d', '1.0.0'), version('b', '1.1.0'), version('a', '3.0.0'), version('a', '2.0.0')];
    const { pairs, extra, missing } = pairModels(locked, current);
    expect(pairs.map(([was, is]) => [idOf(was), idOf(is)])).toEqual([
      ['a@1.0.0', 'a@3.0.0'],
      ['a@2.0.0', 'a@2.0.0'],
      ['b@1.0.0', 'b@1.1.0'],
    ]);
    expect(extra.map(idOf)).toEqual(['c@1.0.0']);
    expect(missing.map(idOf)).toEqual(['d@1.0.0']);
  });

  it('of several versions are locked in one order, and a version that came is missing', () => {
    const service = { name: 's', version: '1.0.0' };
    const lockOf = (...models: readonly string[]) =>
      createLock({ service, runtimeVersion: '1', models: models.map((text) => version('a', text)) });
    const both = lockOf('2.0.0', '1.0.0');
    expect(both).toEqual(lockOf('1.0.0', '2.0.0'));
    expect(findDrift(both, both)).toEqual([]);
    expect(findDrift(lockOf('1.0.0'), both).map(({ rule }) => rule)).toEqual(['lock.missing']);
    expect(findDrift(both, lockOf('1.0.0')).map(({ rule }) => rule)).toEqual(['lock.extra']);
    expect(findDrift(sampleLock(), sampleLock())).toEqual([]);
  });
});

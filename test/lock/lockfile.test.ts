import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MlserveError } from '../../src/errors.ts';
import { canonicalJson } from '../../src/lock/canonical-json.ts';
import { createLock } from '../../src/lock/create-lock.ts';
import { digestOfLock, formatLock, parseLock } from '../../src/lock/lockfile.ts';
import { killWhileWriting } from '../support/kill-while-writing.ts';
import { sampleLock, sampleMeasurement, sampleModel } from '../support/sample-lock.ts';
import { tempFolder } from '../support/temp.ts';

function refusal(text: string): MlserveError {
  try {
    parseLock(text);
  } catch (error) {
    if (error instanceof MlserveError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('mlserve.lock', () => {
  it('comes back as it was written', () => {
    expect(parseLock(formatLock(sampleLock()))).toEqual(sampleLock());
  });

  it('is the same bytes for the same lock, in whatever order it was built', () => {
    const lock = sampleLock();
    const [first, second] = lock.models;
    const shuffled = createLock({
      models: [second, first].map((model) => Object.fromEntries(Object.entries(model ?? {}).reverse()) as never),
      runtimeVersion: lock.runtime.version,
      service: { version: lock.service.version, name: lock.service.name },
    });
    expect(formatLock(shuffled)).toBe(formatLock(lock));
    const text = formatLock(lock);
    expect(
      text.startsWith('{\n  "lockfileVersion": 1,\n  "models": [\n    {\n      "digests": {\n        "graph"'),
    ).toBe(true);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('has a digest of what ships, which a measurement does not change', () => {
    const lock = sampleLock();
    const measured = { ...lock, measurements: lock.models.map(sampleMeasurement) };
    expect(parseLock(formatLock(measured))).toEqual(measured);
    expect(formatLock(measured)).not.toBe(formatLock(lock));
    expect(digestOfLock(measured)).toBe(digestOfLock(lock));
    expect(digestOfLock(lock)).toBe(`sha256:${createHash('sha256').update(formatLock(lock)).digest('hex')}`);
  });

  it('refuses a measurement that is none', () => {
    const [model] = sampleLock().models;
    if (model === undefined) throw new Error('the sample has models');
    const text = formatLock({ ...sampleLock(), measurements: [sampleMeasurement(model)] });
    const cases: readonly [string, RegExp][] = [
      [text.replace('"rows": 8', '"rows": 0'), /measurements\[0\]\.latency\[1\]\.rows is not a number of things/],
      [text.replace('"p50Ms": 2,', '"p50Ms": -2,'), /latency\[0\]\.p50Ms is not an amount/],
      [text.replace('"peakBytes": ', '"peakBytes": "" ,"x": '), /memory has an unknown member "x"/],
      [text.replace('"mode": "worker"', '"mode": "auto"'), /engine\.mode has an unknown value/],
      [text.replace('"cores": 1.04', '"cores": null'), /saturation\.cores is not an amount/],
    ];
    for (const [damaged, reason] of cases) expect(refusal(damaged).message).toMatch(reason);
  });

  it('refuses a lock from a newer version', () => {
    const newer = formatLock(sampleLock()).replace('"lockfileVersion": 1', '"lockfileVersion": 2');
    const error = refusal(newer);
    expect([error.code, error.exitCode]).toEqual(['LOCK_UNREADABLE', 2]);
    expect(error.message).toMatch(/format version 2, and this mlserve reads 1/);
  });

  it('refuses damage and says what it is', () => {
    const text = formatLock(sampleLock());
    const cases: readonly [string, RegExp][] = [
      [text.slice(0, 200), /not JSON/],
      ['', /not JSON/],
      ['null', /not an object/],
      [text.replace('"lockfileVersion": 1,', ''), /lockfileVersion/],
      [text.replace(/sha256:[0-9a-f]{64}/, 'sha256:123'), /digests\.graph is not a digest/],
      [text.replace('"bytes": 10', '"bytes": -1'), /files\[0\]\.bytes is not a size/],
      [text.replace('"float32"', '"float33"'), /elementType has an unknown value/],
      [text.replace('"models"', '"model"'), /unknown member "model"/],
      [`<<<<<<< ours\n${text}=======\n>>>>>>> theirs\n`, /conflict markers/],
    ];
    for (const [damaged, reason] of cases) {
      const error = refusal(damaged);
      expect(error.code).toBe('LOCK_UNREADABLE');
      expect(error.message).toMatch(reason);
      expect(error.hint).toMatch(/mlserve lock/);
    }
  });

  it('reads or refuses any text, and never fails otherwise', () => {
    const text = formatLock(sampleLock());
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ maxLength: 5 }), fc.nat(20), (at, inserted, removed) => {
        const damaged = text.slice(0, at) + inserted + text.slice(at + removed);
        try {
          parseLock(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(MlserveError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('has canonical JSON below it: keys sorted, whatever they are called', () => {
    const value = JSON.parse('{"b":[{"y":1,"x":null}],"__proto__":{"d":1,"c":2},"a":"é"}');
    expect(canonicalJson(value)).toBe('{"__proto__":{"c":2,"d":1},"a":"é","b":[{"x":null,"y":1}]}');
  });

  it('is the old file or the new one when the writer is killed at any moment', async () => {
    const path = join(await tempFolder(), 'mlserve.lock');
    // Repeated by the writer, so that one write takes long enough to be hit.
    const texts = [sampleModel('a'), sampleModel('b')].map((model) => `${JSON.stringify(model)}\n`);
    const whole = texts.map((text) => text.repeat(2000));
    const seen = new Set<number>();
    for (let round = 0; round < 12; round++) {
      await killWhileWriting(path, texts, Math.random() * 60);
      const found = whole.indexOf(await readFile(path, 'utf8'));
      expect(found).toBeGreaterThanOrEqual(0);
      seen.add(found);
    }
    // Both texts were met, so the writer was at work.
    expect(seen.size).toBe(2);
  });
});

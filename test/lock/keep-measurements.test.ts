import { describe, expect, it } from 'vitest';
import { createLock } from '../../src/lock/create-lock.ts';
import { findDrift } from '../../src/lock/drift.ts';
import { lostMeasurements, withMeasurements } from '../../src/lock/keep-measurements.ts';
import type { Lock, LockedModel } from '../../src/lock/lock.ts';
import { digestFor, sampleLock, sampleMeasurement, sampleModel } from '../support/sample-lock.ts';

const measured = sampleLock().models.map(sampleMeasurement);
const lockOf = (models: readonly LockedModel[], runtimeVersion = '1.30.0'): Lock =>
  createLock({ service: { name: 'fraud', version: '1.0.0' }, runtimeVersion, models });
const a = sampleModel('a');

describe('measurements in a lock', () => {
  it('are kept for the models that were measured, in the order of the models', () => {
    const lock = withMeasurements(sampleLock(), [...measured].reverse());
    expect(lock.measurements).toEqual(measured);
    expect(lostMeasurements(lock, measured)).toEqual([]);
  });

  it('go with other bytes of the model and with another runtime, and that is said', () => {
    const retrained = { ...a, digests: { ...a.digests, model: digestFor('retrained') } };
    for (const lock of [lockOf([retrained]), lockOf([a], '1.31.0')]) {
      const next = withMeasurements(lock, measured.slice(0, 1));
      expect('measurements' in next).toBe(false);
      expect(lostMeasurements(next, measured.slice(0, 1))).toMatchObject([
        { rule: 'lock.measurement', severity: 'info', hint: expect.stringContaining('mlserve measure') },
      ]);
    }
  });

  it('go over to a new version of the same bytes, but never from one version to another beside it', () => {
    const renamed = withMeasurements(lockOf([{ ...a, version: '2.0.0' }]), measured);
    expect(renamed.measurements).toEqual([{ ...measured[0], version: '2.0.0' }]);
    const both = withMeasurements(lockOf([a, { ...a, version: '2.0.0' }]), measured);
    expect(both.measurements?.map(({ version }) => version)).toEqual(['1.0.0']);
  });

  it('are no drift', () => {
    const lock = withMeasurements(sampleLock(), measured);
    expect(findDrift(lock, sampleLock())).toEqual([]);
    expect(findDrift(sampleLock(), lock)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { concurrencyOf } from '../../../src/manifests/knative/concurrency.ts';
import { queueBound } from '../../../src/service/queue-bound.ts';
import { projectFacts } from '../../support/projects.ts';
import { sampleMeasurement } from '../../support/sample-lock.ts';

const iris = await projectFacts('plain/iris');

/** As measured, in runs of 8 rows that take 8 ms. */
function measured(p99Ms: number) {
  const [locked] = iris.lock.models;
  if (locked === undefined) throw new Error();
  const models = iris.spec.models.map((model) => ({ ...model, slo: { p99Ms } }));
  const lock = { ...iris.lock, measurements: [{ ...sampleMeasurement(locked), runtime: iris.lock.runtime.version }] };
  return concurrencyOf({ ...iris, lock, spec: { ...iris.spec, models }, environment: 'prod', namespace: 'iris' });
}

describe('what a pod is given at once', () => {
  it('is by the rows of a run as measured, where they were, and not by what a run may have', () => {
    const { target, limit } = measured(5000);
    expect([target.value, limit.value]).toEqual([8, 16]);
    expect(target.why).toContain('1 (engine.instances) × 8 (rows of a run, as measured)');
  });

  it('is no more than what is answered within slo.p99Ms, as measured', () => {
    const bound = queueBound({ p99Ms: 10, batchRows: 8, batchMs: 8, instances: 1 });
    expect(measured(10).limit.value).toBe(8 + Math.min(8, bound));
    const models = iris.spec.models.map((model) => ({ ...model, limits: { ...model.limits, queueRows: 3 } }));
    const facts = { ...iris, spec: { ...iris.spec, models }, environment: 'prod', namespace: 'iris' } as const;
    expect(concurrencyOf(facts).limit).toMatchObject({
      value: 67,
      why: expect.stringContaining('3 that may wait (limits.queueRows)'),
    });
  });
});

/** A service → how many requests a pod is given at once: what Knative counts pods by, and where it stops giving. */
import { batchDimension } from '../../model/batch.ts';
import { type DeploymentFacts, modelsOf } from '../deployment-facts.ts';
import type { Derived } from '../numbers.ts';

/** `container-concurrency-max-limit` of Knative, unless its administrator has set it. */
const MOST = 1000;

export interface Concurrency {
  /** On average; Knative starts pods so that 70 % of it are reached. */
  readonly target: Derived;
  readonly limit: Derived;
}

/** A request counts as one row: Knative counts requests. */
export function concurrencyOf(facts: DeploymentFacts): Concurrency {
  const sizes = modelsOf(facts).map(({ spec, locked }) => {
    const rows = batchDimension(locked.signature) === 'any' ? spec.batching.maxRows : 1;
    const { instances } = spec.engine;
    return { name: spec.name, rows, instances, atOnce: instances * rows, queueRows: spec.limits.queueRows };
  });
  const { name, rows, instances, atOnce, queueRows } = sizes.reduce((most, each) =>
    each.atOnce > most.atOnce ? each : most,
  );
  const runs = `${instances} (engine.instances) × ${rows} ${rows === 1 ? '(rows of a run)' : '(batching.maxRows)'}`;
  const waiting = queueRows > 0 && queueRows < atOnce ? queueRows : atOnce;
  const part = waiting === atOnce ? 'as many for the next runs' : `${queueRows} that may wait (limits.queueRows)`;
  const why = `${atOnce} requests of one row in the runs of ${name}, and ${part}; more wait in Knative, which can give them to a new pod`;
  return {
    target: { value: Math.min(MOST, atOnce), why: `requests of one row that fill the runs of ${name}: ${runs}` },
    limit: { value: Math.min(MOST, atOnce + waiting), why },
  };
}

/** A service → how many requests a pod is given at once: what Knative counts pods by, and where it stops giving. */
import { batchDimension } from '../../model/batch.ts';
import type { DeploymentFacts } from '../deployment-facts.ts';
import { type MeasuredModel, measuredModels } from '../numbers/measured.ts';
import { measuredBound, runsAtOnce } from '../numbers/queue.ts';
import type { Derived } from '../numbers.ts';

/** `container-concurrency-max-limit` of Knative, unless its administrator has set it. */
const MOST = 1000;

export interface Concurrency {
  /** On average; Knative starts pods so that 70 % of it are reached. */
  readonly target: Derived;
  readonly limit: Derived;
}

interface Size {
  readonly name: string;
  /** Rows in all its runs. */
  readonly rows: number;
  readonly whyRows: string;
  /** Rows that may wait beside them. */
  readonly waiting: number;
  readonly whyWaiting: string;
}

/** A request counts as one row: Knative counts requests. */
export function concurrencyOf(facts: DeploymentFacts): Concurrency {
  const { name, rows, whyRows, waiting, whyWaiting } = measuredModels(facts)
    .map(sizeOf)
    .reduce((most, each) => (each.rows > most.rows ? each : most));
  return {
    target: { value: Math.min(MOST, rows), why: `requests of one row that fill the runs of ${name}: ${whyRows}` },
    limit: {
      value: Math.min(MOST, rows + waiting),
      why: `${rows} requests of one row in the runs of ${name}, and ${whyWaiting}; more wait in Knative, which can give them to a new pod`,
    },
  };
}

function sizeOf(model: MeasuredModel): Size {
  const { spec, locked, measurement } = model;
  const isBatched = batchDimension(locked.signature) === 'any';
  const ofRun = measurement?.engine.batchRows ?? (isBatched ? spec.batching.maxRows : 1);
  const byWhom =
    measurement !== undefined ? 'rows of a run, as measured' : isBatched ? 'batching.maxRows' : 'row of a run';
  const rows = runsAtOnce(model) * ofRun;
  const { queueRows } = spec.limits;
  const bound = queueRows > 0 ? queueRows : measuredBound(model);
  const isFewer = bound !== undefined && bound < rows;
  const byBound =
    queueRows > 0 ? 'that may wait (limits.queueRows)' : 'that are answered within slo.p99Ms, as measured';
  return {
    name: spec.name,
    rows,
    whyRows: `${runsAtOnce(model)} (engine.instances) × ${ofRun} (${byWhom})`,
    waiting: isFewer ? bound : rows,
    whyWaiting: isFewer ? `${bound} ${byBound}` : 'as many for the next runs',
  };
}

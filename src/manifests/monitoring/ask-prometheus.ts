/** A service → where others ask Prometheus about it, and what KEDA asks: how full its queues are. */
import { METRICS } from '../../server/metrics-table.ts';
import type { DeploymentFacts } from '../deployment-facts.ts';
import { type Scope, series } from './promql.ts';

/** The operator makes this Service beside every Prometheus. */
const OPERATED = 'prometheus-operated';

export function prometheusUrl({ spec: { deploy } }: Pick<DeploymentFacts, 'spec'>): string {
  return deploy.prometheusUrl || `http://${OPERATED}.${deploy.monitoringNamespace}.svc:9090`;
}

/** How many full queues would hold what waits in all pods together, for the model that waits most. */
export function fullQueues({ spec, namespace }: DeploymentFacts): string {
  const scope: Scope = { namespace, job: spec.name };
  const waiting = `sum by (model, version) (avg_over_time(${series(METRICS.queueRows, scope)}[1m]))`;
  const bound = `avg by (model, version) (${series(METRICS.queueLimit, scope)})`;
  return `max(${waiting} / ${bound})`;
}

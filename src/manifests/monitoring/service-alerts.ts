/** A service → alerts about its answers: errors, time, overload. From the table of metrics. */
import { METRICS } from '../../server/metrics-table.ts';
import { type DeploymentFacts, modelsOf } from '../deployment-facts.ts';
import type { Alert } from './alert.ts';
import { type Scope, series } from './promql.ts';

/** A single failed request of a quiet night is no reason to wake anybody. */
const LEAST_ERRORS_PER_SECOND = 0.1;
const QUEUE_PERCENT = 80;
/** Turned away because there was too much of them. */
const OVERLOAD = '~queue_full|queue_bytes|deadline';

export function serviceAlerts(facts: DeploymentFacts, scope: Scope): readonly Alert[] {
  return [errorRate(facts, scope), ...latencies(facts, scope), queueSaturated(facts, scope), turnedAway(facts, scope)];
}

function errorRate({ spec }: DeploymentFacts, scope: Scope): Alert {
  const percent = spec.deploy.errorPercent;
  const [first] = spec.models;
  const labels = { model: first?.name ?? '', version: first?.version ?? '', route: '/predict' };
  const failed = `sum by (namespace, job) (rate(${series(METRICS.requests, scope, { code: '~5..' })}[5m]))`;
  const all = `sum by (namespace, job) (rate(${series(METRICS.requests, scope)}[5m]))`;
  const at = (code: string, values: string) => ({
    series: series(METRICS.requests, scope, { ...labels, code, pod: 'p1' }),
    values,
  });
  const much = `0+${600 * percent}x20`;
  return {
    name: 'MlserveErrors',
    expr: `${failed} / ${all} > ${percent / 100} and ${failed} > ${LEAST_ERRORS_PER_SECOND}`,
    for: '5m',
    severity: 'critical',
    summary: `More than ${percent} % of the requests to ${spec.name} fail.`,
    description:
      'Answers with a status of 500 or more: overload (503), time limits (504) or a failing model (500). The rate by status is on the dashboard; the log of the pods names the reason.',
    tests: [
      { input: [at('200', '0+600x20'), at('500', much)], atMinute: 15, fires: { ...scope } },
      { input: [at('200', '0+6000x20'), at('500', '0+1x20')], atMinute: 15, fires: undefined },
    ],
  };
}

function latencies(facts: DeploymentFacts, scope: Scope): readonly Alert[] {
  const buckets = METRICS.requestDuration.buckets;
  const largest = buckets.at(-1) ?? 0;
  return modelsOf(facts).map(({ spec: { name, version, slo }, locked }): Alert => {
    const wanted = slo.p99Ms / 1000;
    // Beyond its largest bucket a histogram cannot tell.
    const limit = Math.min(wanted, largest);
    const compare = wanted < largest ? '>' : '>=';
    const rates = `sum by (namespace, job, model, version, le) (rate(${series(METRICS.requestDuration, scope, { model: name, version }, '_bucket')}[5m]))`;
    const at = (le: string, values: string) => ({
      series: series(
        METRICS.requestDuration,
        scope,
        { model: name, version, le, route: '/predict', pod: 'p1' },
        '_bucket',
      ),
      values,
    });
    const next = buckets.find((bucket) => bucket > limit);
    const smallest = String(buckets[0]);
    return {
      name: 'MlserveLatency',
      expr: `histogram_quantile(0.99, ${rates}) ${compare} ${limit}`,
      for: '10m',
      severity: 'warning',
      model: { name, version, digest: locked.digests.model },
      summary: `${name} ${version} answers more slowly than promised: p99 over ${limit} s.`,
      description:
        'The promise is slo.p99Ms. Compare the time in the queue with the time inside the model on the dashboard: a queue wants more pods, a slow model a smaller batch or more CPU.',
      tests: [
        {
          input: [
            at(smallest, '0+0x30'),
            ...(next === undefined ? [] : [at(String(next), '0+0x30')]),
            at(String(largest), '0+0x30'),
            at('+Inf', '0+60x30'),
          ],
          atMinute: 25,
          fires: { ...scope, model: name, version },
        },
        { input: [at(smallest, '0+60x30'), at('+Inf', '0+60x30')], atMinute: 25, fires: undefined },
      ],
    };
  });
}

function queueSaturated({ spec }: DeploymentFacts, scope: Scope): Alert {
  const [first] = spec.models;
  const labels = { model: first?.name ?? '', version: first?.version ?? '', pod: 'p1' };
  const input = (rows: number) => [
    { series: series(METRICS.queueRows, scope, labels), values: `${rows}x20` },
    { series: series(METRICS.queueLimit, scope, labels), values: '100x20' },
  ];
  return {
    name: 'MlserveQueueFull',
    expr: `max by (namespace, job, model, version) (${series(METRICS.queueRows, scope)} / ${series(METRICS.queueLimit, scope)}) > ${QUEUE_PERCENT / 100}`,
    for: '5m',
    severity: 'warning',
    summary: `The queue of ${spec.name} has been more than ${QUEUE_PERCENT} % full for five minutes.`,
    description:
      'Requests come in faster than the model answers. Past the bound they are refused with 503. More pods help (deploy.maxReplicas), or a larger batch (batching.maxRows).',
    tests: [
      { input: input(90), atMinute: 10, fires: { ...scope, model: labels.model, version: labels.version } },
      { input: input(70), atMinute: 10, fires: undefined },
    ],
  };
}

function turnedAway({ spec }: DeploymentFacts, scope: Scope): Alert {
  const [first] = spec.models;
  const labels = { model: first?.name ?? '', version: first?.version ?? '' };
  const rate = `rate(${series(METRICS.rejected, scope, { reason: OVERLOAD })}[5m])`;
  const at = (reason: string, values: string) => ({
    series: series(METRICS.rejected, scope, { ...labels, reason, pod: 'p1' }),
    values,
  });
  return {
    name: 'MlserveTurnsAway',
    expr: `sum by (namespace, job, model) (${rate}) > 0`,
    for: '10m',
    severity: 'warning',
    summary: `${spec.name} has turned requests away for ten minutes, because there were too many.`,
    description: 'Full queues (queue_full, queue_bytes) and requests whose time ran out while they waited (deadline).',
    tests: [
      { input: [at('queue_full', '0+6x30')], atMinute: 25, fires: { ...scope, model: labels.model } },
      { input: [at('bad_request', '0+6x30')], atMinute: 25, fires: undefined },
    ],
  };
}

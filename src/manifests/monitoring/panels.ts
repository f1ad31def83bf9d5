/** A service → the panels of its dashboard. Expressions are made from the table of metrics; `$namespace`, `$job`, `$model` are chosen in Grafana. */
import { METRICS, type MetricRow } from '../../server/metrics-table.ts';
import { CONTAINER, KSERVE_CONTAINER } from '../workload.ts';
import type { Panel, Target } from './panel.ts';
import { type Matchers, type Scope, selector, series } from './promql.ts';

const SCOPE: Scope = { namespace: '$namespace', job: '$job' };
/** Of the service and of its canary. */
const BOTH: Scope = { ...SCOPE, job: '~$job(-canary)?' };
const MODEL: Matchers = { model: '~$model' };
const RANGE = '[$__rate_interval]';
/** What KServe and Knative add to the name of the service. */
const MADE = '(-predictor|-[0-9]{5}-deployment)?';
const CONTAINERS = `${CONTAINER}|${KSERVE_CONTAINER}`;
/** The pods that the dashboard is about. Those of a long name have no dash before the last five characters: see `pod-names.ts`. */
const POD: Matchers = {
  namespace: '$namespace',
  pod: `~$job${MADE}-[4-9bcdf]+-?[0-9a-z]{5}`,
  container: `~${CONTAINERS}`,
};

const rate = (metric: MetricRow, matchers: Matchers = {}, suffix = ''): string =>
  `rate(${series(metric, SCOPE, { ...MODEL, ...matchers }, suffix)}${RANGE})`;

const quantiles = (metric: MetricRow): readonly Target[] =>
  [0.5, 0.95, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (le) (${rate(metric, {}, '_bucket')}))`,
    legend: `p${quantile * 100}`,
  }));

export const PANELS: readonly Panel[] = [
  {
    title: 'Requests by status',
    description: 'Answers a second. 503: too many at once; 504: waited too long; 499: the client has gone.',
    ...{ kind: 'timeseries', unit: 'reqps', width: 8, isStacked: true },
    targets: [{ expr: `sum by (code) (${rate(METRICS.requests)})`, legend: '{{code}}' }],
  },
  {
    title: 'Share of failures',
    description: 'Statuses of 500 and more.',
    ...{ kind: 'timeseries', unit: 'percentunit', width: 8 },
    targets: [
      {
        expr: `sum by (model, version) (${rate(METRICS.requests, { code: '~5..' })}) / sum by (model, version) (${rate(METRICS.requests)})`,
        legend: '{{model}} {{version}}',
      },
    ],
  },
  {
    title: 'Time of a request',
    description: 'From the last byte of the request to the finished answer.',
    ...{ kind: 'timeseries', unit: 's', width: 8 },
    targets: quantiles(METRICS.requestDuration),
  },
  {
    title: 'Time in the queue and in the model, p99',
    description: 'A growing queue wants more pods; a growing run a smaller batch or more CPU.',
    ...{ kind: 'timeseries', unit: 's', width: 8 },
    targets: [
      { metric: METRICS.queueDuration, legend: 'queue' },
      { metric: METRICS.inferenceDuration, legend: 'model' },
    ].map(({ metric, legend }) => ({
      expr: `histogram_quantile(0.99, sum by (le) (${rate(metric, {}, '_bucket')}))`,
      legend,
    })),
  },
  {
    title: 'Rows of a run',
    description: 'How many rows shared a run of the model.',
    ...{ kind: 'heatmap', unit: 'short', width: 8 },
    targets: [
      {
        expr: `sum by (le) (increase(${series(METRICS.batchRows, SCOPE, MODEL, '_bucket')}${RANGE}))`,
        legend: '{{le}}',
      },
    ],
  },
  {
    title: 'Rows that wait, and their bound',
    description: 'Past the bound requests are refused with 503.',
    ...{ kind: 'timeseries', unit: 'short', width: 8 },
    targets: [
      { expr: `max by (pod) (${series(METRICS.queueRows, SCOPE, MODEL)})`, legend: '{{pod}}' },
      { expr: `min(${series(METRICS.queueLimit, SCOPE, MODEL)})`, legend: 'bound' },
    ],
  },
  {
    title: 'Requests in flight',
    description: 'Read and not yet answered, by pod.',
    ...{ kind: 'timeseries', unit: 'short', width: 8 },
    targets: [{ expr: `sum by (pod) (${series(METRICS.inFlight, SCOPE)})`, legend: '{{pod}}' }],
  },
  {
    title: 'Turned away, by reason',
    description: 'Requests for a prediction that were not answered with one.',
    ...{ kind: 'timeseries', unit: 'reqps', width: 8, isStacked: true },
    targets: [{ expr: `sum by (reason) (${rate(METRICS.rejected)})`, legend: '{{reason}}' }],
  },
  {
    title: 'Pods by model',
    description:
      'Which bytes answer, of the service and its canary: two colours of one of them that stay are pods that do not serve the same.',
    ...{ kind: 'timeseries', unit: 'short', width: 8, isStacked: true },
    targets: [
      {
        expr: `count by (job, name, version, digest) (${series(METRICS.modelInfo, BOTH, { name: '~$model' })})`,
        legend: '{{job}} {{name}} {{version}} {{digest}}',
      },
    ],
  },
  {
    title: 'Models ready',
    description: 'Pods that take requests for the model.',
    ...{ kind: 'timeseries', unit: 'short', width: 8, isStacked: true },
    targets: [
      {
        expr: `sum by (model, version) (${series(METRICS.modelReady, SCOPE, MODEL)})`,
        legend: '{{model}} {{version}}',
      },
    ],
  },
  {
    title: 'CPU, and the share of time held up by its limit',
    description: 'Cores in use by pod; the second from 0 to 1.',
    ...{ kind: 'timeseries', unit: 'short', width: 8 },
    targets: [
      { expr: `sum by (pod) (rate(${selector('container_cpu_usage_seconds_total', POD)}${RANGE}))`, legend: '{{pod}}' },
      {
        expr: `sum by (pod) (rate(${selector('container_cpu_cfs_throttled_periods_total', POD)}${RANGE})) / sum by (pod) (rate(${selector('container_cpu_cfs_periods_total', POD)}${RANGE}))`,
        legend: '{{pod}} held up',
      },
    ],
  },
  {
    title: 'Memory, and its limit',
    description: 'A pod that reaches the limit is ended.',
    ...{ kind: 'timeseries', unit: 'bytes', width: 8 },
    targets: [
      { expr: `sum by (pod) (${selector('container_memory_working_set_bytes', POD)})`, legend: '{{pod}}' },
      {
        expr: `min(${selector('kube_pod_container_resource_limits', { ...POD, resource: 'memory' })})`,
        legend: 'limit',
      },
    ],
  },
];

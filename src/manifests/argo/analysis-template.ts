/** A service → the AnalysisTemplate by which Argo judges new pods: their failures and their time, asked of Prometheus. None in dev. */
import type { IAnalysisTemplate } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisTemplate';
import { METRICS } from '../../server/metrics-table.ts';
import { type DeploymentFacts, mainModel } from '../deployment-facts.ts';
import { objectLabels } from '../identity.ts';
import type { KubernetesObject, Manifest } from '../manifest.ts';
import { prometheusUrl } from '../monitoring/ask-prometheus.ts';
import { hasKnownLabels } from '../monitoring/monitor.ts';
import { type Matchers, quoteRegex, series } from '../monitoring/promql.ts';
import { nameWith } from '../names.ts';

/** The hash in the names of the new pods, which Argo knows. */
export const HASH_ARGUMENT = 'hash';
/** What a measurement looks back on. */
export const WINDOW_MINUTES = 2;
/** One bad minute is no verdict; a second one is. */
const FAILURE_LIMIT = 1;

export function analysisName({ spec }: Pick<DeploymentFacts, 'spec'>): string {
  return nameWith(spec.name, 'analysis');
}

export function isAnalysed({ environment, spec }: Pick<DeploymentFacts, 'environment' | 'spec'>): boolean {
  return environment !== 'dev' && hasKnownLabels(spec.deploy);
}

interface Measurement {
  readonly name: string;
  readonly query: string;
  /** What its result must be: `<= 0.01`. */
  readonly wanted: string;
}

export function analysisTemplate(facts: DeploymentFacts): Manifest {
  const object = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: analysisName(facts), namespace: facts.namespace, labels: { ...objectLabels(facts) } },
    spec: {
      args: [{ name: HASH_ARGUMENT }],
      metrics: measurements(facts).map(({ name, query, wanted }) => ({
        name,
        initialDelay: `${WINDOW_MINUTES}m`,
        interval: '1m',
        failureLimit: FAILURE_LIMIT,
        successCondition: `len(result) == 0 || isNaN(result[0]) || result[0] ${wanted}`,
        provider: { prometheus: { address: prometheusUrl(facts), query } },
      })),
    },
  } satisfies IAnalysisTemplate & KubernetesObject;
  const metric = (at: number) => ['spec', 'metrics', at] as const;
  return {
    file: 'analysis-template.yaml',
    object,
    notes: [
      {
        path: metric(0),
        text: 'deploy.errorPercent, as a share; nothing measured is no failure: nobody may have called',
      },
      { path: metric(1), text: 'slo.p99Ms, in seconds, as far as the histogram goes' },
    ],
  };
}

function measurements({ spec, namespace, lock }: DeploymentFacts): readonly [Measurement, Measurement] {
  const { name, version } = mainModel({ spec, lock });
  const scope = { namespace, job: spec.name };
  const pods: Matchers = { pod: `~${quoteRegex(spec.name)}-{{args.${HASH_ARGUMENT}}}-.*` };
  const rate = (text: string): string => `rate(${text}[${WINDOW_MINUTES}m])`;
  const failed = `sum(${rate(series(METRICS.requests, scope, { ...pods, code: '~5..' }))})`;
  const all = `sum(${rate(series(METRICS.requests, scope, pods))})`;
  const buckets = rate(series(METRICS.requestDuration, scope, { ...pods, model: name, version }, '_bucket'));
  const promised = (spec.models[0] ?? spec).slo.p99Ms / 1000;
  // Beyond its largest bucket a histogram cannot tell.
  const largest = METRICS.requestDuration.buckets.at(-1) ?? 0;
  const p99 = promised < largest ? `<= ${promised}` : `< ${largest}`;
  return [
    { name: 'failures', query: `${failed} / ${all}`, wanted: `<= ${spec.deploy.errorPercent / 100}` },
    { name: 'p99', query: `histogram_quantile(0.99, sum by (le) (${buckets}))`, wanted: p99 },
  ];
}

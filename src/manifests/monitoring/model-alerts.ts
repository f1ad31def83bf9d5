/** A service → alerts about its models: absent, not loaded, not the same everywhere. From the table of metrics. */
import { METRICS } from '../../server/metrics-table.ts';
import { type DeploymentFacts, modelsOf } from '../deployment-facts.ts';
import type { Numbers } from '../numbers.ts';
import type { Alert } from './alert.ts';
import { type Scope, series } from './promql.ts';

/** Longer than any rollout of a few dozen pods. */
const SKEW_MINUTES = 30;

export function modelAlerts(facts: DeploymentFacts, numbers: Numbers, scope: Scope): readonly Alert[] {
  return [...absences(facts, scope), notReady(facts, numbers, scope), versionSkew(facts, scope)];
}

function absences(facts: DeploymentFacts, scope: Scope): readonly Alert[] {
  const models = modelsOf(facts);
  return models.map(({ spec: { name, version }, locked }): Alert => {
    const matchers = { name, version };
    const present = models.map(({ spec }) => ({
      series: series(METRICS.modelInfo, scope, {
        name: spec.name,
        version: spec.version,
        digest: 'sha256:a',
        pod: 'p1',
      }),
      values: '1x20',
    }));
    const others = models.flatMap(({ spec }, at) =>
      spec.name === name && spec.version === version ? [] : (present[at] ?? []),
    );
    return {
      name: 'MlserveModelAbsent',
      expr: `absent(${series(METRICS.modelInfo, scope, matchers)})`,
      for: '5m',
      severity: 'critical',
      model: { name, version, digest: locked.digests.model },
      summary: `No pod serves ${name} ${version}.`,
      description:
        'No pod runs, or Prometheus does not reach them: look at the pods, then at the targets of Prometheus and at the NetworkPolicy.',
      tests: [
        { input: others, atMinute: 10, fires: { ...scope, ...matchers } },
        { input: present, atMinute: 10, fires: undefined },
      ],
    };
  });
}

function notReady({ spec }: DeploymentFacts, { startupSeconds }: Numbers, scope: Scope): Alert {
  const [first] = spec.models;
  const labels = { model: first?.name ?? '', version: first?.version ?? '' };
  // A pod that starts may take its time.
  const minutes = Math.ceil(startupSeconds.value / 60) + 2;
  const at = (values: string) => [{ series: series(METRICS.modelReady, scope, { ...labels, pod: 'p1' }), values }];
  return {
    name: 'MlserveModelNotReady',
    expr: `min by (namespace, job, pod, model, version) (${series(METRICS.modelReady, scope)}) == 0`,
    for: `${minutes}m`,
    severity: 'warning',
    summary: `A pod of ${spec.name} has not got its model ready.`,
    description: 'Loading takes longer than planned, or has failed: /readyz of the pod and its log say why.',
    tests: [
      { input: at(`0x${minutes + 10}`), atMinute: minutes + 5, fires: { ...scope, ...labels, pod: 'p1' } },
      { input: at(`0x2 1x${minutes + 10}`), atMinute: minutes + 5, fires: undefined },
    ],
  };
}

/** Some pods have a model that others have not: a rollout that got stuck, or pods that somebody changed by hand. */
function versionSkew({ spec }: DeploymentFacts, scope: Scope): Alert {
  const [first] = spec.models;
  const labels = { name: first?.name ?? '', version: first?.version ?? '' };
  const info = series(METRICS.modelInfo, scope);
  const holders = `count by (namespace, job, name, version, digest) (${info})`;
  const pods = `count by (namespace, job) (count by (namespace, job, pod) (${info}))`;
  const at = (pod: string, digest: string) => ({
    series: series(METRICS.modelInfo, scope, { ...labels, digest, pod }),
    values: `1x${SKEW_MINUTES + 20}`,
  });
  return {
    name: 'MlserveVersionSkew',
    expr: `count by (namespace, job) (${holders} < on (namespace, job) group_left () ${pods})`,
    for: `${SKEW_MINUTES}m`,
    severity: 'warning',
    summary: `The pods of ${spec.name} do not all serve the same models.`,
    description:
      'Callers get other answers from one pod than from the next. A rollout is stuck (kubectl rollout status), or a model was changed in a running pod.',
    tests: [
      {
        input: [at('p1', 'sha256:a'), at('p2', 'sha256:b'), at('p3', 'sha256:b')],
        atMinute: SKEW_MINUTES + 5,
        fires: { ...scope },
      },
      { input: [at('p1', 'sha256:a'), at('p2', 'sha256:a')], atMinute: SKEW_MINUTES + 5, fires: undefined },
    ],
  };
}

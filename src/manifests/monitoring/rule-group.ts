/** Alerts → rules of Prometheus, in a PrometheusRule and in a plain file, and the file with which promtool tests them. */
import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { type DeploymentFacts, mainModel } from '../deployment-facts.ts';
import { objectLabels } from '../identity.ts';
import type { Manifest } from '../manifest.ts';
import type { Alert } from './alert.ts';

export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleGroups {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

/** The service and the digest of a model are labels, so that a message says at once which model it is about. */
export function ruleGroups(facts: DeploymentFacts, alerts: readonly Alert[]): RuleGroups {
  return { groups: [{ name: `mlserve-${facts.spec.name}`, rules: alerts.map((alert) => ruleOf(facts, alert)) }] };
}

function ruleOf(facts: DeploymentFacts, alert: Alert): Rule {
  const { name, expr, severity, summary, description } = alert;
  // Rules of one name differ by these labels.
  const about =
    alert.model === undefined
      ? { model_digest: mainModel(facts).digests.model }
      : { model: alert.model.name, version: alert.model.version, model_digest: alert.model.digest };
  const { runbookUrl } = facts.spec.deploy;
  const separator = runbookUrl.endsWith('/') || runbookUrl.endsWith('#') ? '' : '/';
  return {
    alert: name,
    expr,
    for: alert.for,
    labels: { severity, service: facts.spec.name, ...about },
    annotations: {
      summary,
      description,
      ...(runbookUrl === '' ? {} : { runbook_url: `${runbookUrl}${separator}${name}` }),
    },
  };
}

export function prometheusRule(facts: DeploymentFacts, alerts: readonly Alert[]): Manifest {
  const { groups } = ruleGroups(facts, alerts);
  const object = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: facts.spec.name, namespace: facts.namespace, labels: { ...objectLabels(facts) } },
    spec: {
      groups: groups.map(({ name, rules }) => ({
        name,
        rules: rules.map((rule) => ({ ...rule, labels: { ...rule.labels }, annotations: { ...rule.annotations } })),
      })),
    },
  } satisfies IPrometheusRule;
  return { file: 'prometheus-rule.yaml', object, notes: [] };
}

/** What promtool reads: each test has series of its own, and says what goes off at which minute. */
export function ruleTests(facts: DeploymentFacts, alerts: readonly Alert[], ruleFile: string): object {
  const tests = alerts.flatMap((alert) => {
    const { labels, annotations } = ruleOf(facts, alert);
    return alert.tests.map(({ input, atMinute, fires }) => ({
      name: `${alert.name} ${fires === undefined ? 'keeps quiet' : 'goes off'}`,
      interval: '1m',
      input_series: input.map(({ series, values }) => ({ series, values })),
      alert_rule_test: [
        {
          eval_time: `${atMinute}m`,
          alertname: alert.name,
          ...(fires === undefined
            ? {}
            : { exp_alerts: [{ exp_labels: { ...labels, ...fires }, exp_annotations: annotations }] }),
        },
      ],
    }));
  });
  return { rule_files: [ruleFile], evaluation_interval: '1m', tests };
}

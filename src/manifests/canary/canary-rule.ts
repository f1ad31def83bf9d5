/** The objects of a service → the alerts of its canary: the same ones, about its own series. */
import type { EnvironmentObjects } from '../environment-objects.ts';
import type { Manifest } from '../manifest.ts';
import { alertsOf } from '../monitoring/alerts.ts';
import { type Rule, type RuleGroups, ruleGroups } from '../monitoring/rule-group.ts';
import { deriveNumbers } from '../numbers.ts';
import { asCanary } from './as-canary.ts';
import { canaryName } from './track.ts';

/** A canary has no autoscaler. */
const NOT_OF_CANARIES = ['MlserveAtMostReplicas'];

/**
 * None where the service has none. The monitor of the canary makes its name the label `job`, so the alerts of the service see no canary
 * (two models on purpose are no skew), and these see nothing else. Patches of the rules are not made: they are for the list of the service.
 */
export function canaryRule({ facts, manifests }: EnvironmentObjects): readonly Manifest[] {
  const own = manifests.find(({ object }) => object.kind === 'PrometheusRule');
  if (own === undefined) return [];
  const { name } = facts.spec;
  const asService = { ...facts, spec: { ...facts.spec, name: canaryName(name) } };
  const alerts = alertsOf(asService, deriveNumbers(facts)).filter((alert) => !NOT_OF_CANARIES.includes(alert.name));
  const spec = ofTrack(ruleGroups(asService, alerts), name);
  const renamed = asCanary(own, name);
  return [{ ...renamed, object: { ...renamed.object, ...{ spec } }, notes: [] }];
}

/** Whoever is told of the service is told of its canary too. */
function ofTrack({ groups }: RuleGroups, service: string): RuleGroups {
  const labelled = (rule: Rule): Rule => ({ ...rule, labels: { ...rule.labels, service, track: 'canary' } });
  return { groups: groups.map(({ name, rules }) => ({ name, rules: rules.map(labelled) })) };
}

/** A service in an environment → every object that it needs there, with the patches of the service made. */
import type { Issue } from '../issue.ts';
import { configMap } from './config-map.ts';
import type { DeploymentFacts } from './deployment-facts.ts';
import type { Manifest } from './manifest.ts';
import type { Alert } from './monitoring/alert.ts';
import { alertsOf } from './monitoring/alerts.ts';
import { dashboard } from './monitoring/dashboard.ts';
import { monitor } from './monitoring/monitor.ts';
import { prometheusRule } from './monitoring/rule-group.ts';
import { deriveNumbers } from './numbers.ts';
import { applyPatches } from './patches/apply-patches.ts';
import { PLATFORMS } from './platforms.ts';
import { serviceAccount } from './service.ts';

export interface EnvironmentObjects {
  readonly facts: DeploymentFacts;
  /** In the order in which they are applied. The ConfigMap has its plain name. */
  readonly manifests: readonly Manifest[];
  readonly alerts: readonly Alert[];
  /** Whether a patch has made the rules others than the alerts say. */
  readonly hasOwnRules: boolean;
  /** Of patches. */
  readonly issues: readonly Issue[];
  readonly usedPatches: ReadonlySet<number>;
}

export function environmentObjects(given: DeploymentFacts): EnvironmentObjects {
  const platform = PLATFORMS[given.platform ?? 'kubernetes'];
  const facts = platform.facts(given);
  const { deploy } = facts.spec;
  const numbers = deriveNumbers(facts);
  const alerts = alertsOf(facts, numbers);
  const found = monitor(facts);
  const rules = alerts.length > 0 && found !== undefined ? prometheusRule(facts, alerts) : undefined;
  const manifests = [
    serviceAccount(facts),
    configMap(facts, platform.settings(given, numbers)),
    ...platform.workload(facts, numbers),
    ...platform.network(facts),
    ...(found === undefined ? [] : [found, ...(rules === undefined ? [] : [rules]), dashboard(facts)]),
  ];
  const patched = applyPatches(manifests, deploy.patches, facts.environment);
  const at = rules === undefined ? -1 : manifests.indexOf(rules);
  return {
    facts,
    manifests: patched.manifests,
    alerts: rules === undefined ? [] : alerts,
    hasOwnRules: at >= 0 && patched.manifests[at] !== rules,
    issues: patched.issues,
    usedPatches: patched.used,
  };
}

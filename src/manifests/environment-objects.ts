/** A service in an environment → every object that it needs there, with the patches of the service made. */
import type { Issue } from '../issue.ts';
import { analysisTemplate, isAnalysed } from './argo/analysis-template.ts';
import { rollout } from './argo/rollout.ts';
import { configMap, configName } from './config-map.ts';
import { deployment } from './deployment.ts';
import type { DeploymentFacts } from './deployment-facts.ts';
import type { Manifest } from './manifest.ts';
import type { Alert } from './monitoring/alert.ts';
import { alertsOf } from './monitoring/alerts.ts';
import { dashboard } from './monitoring/dashboard.ts';
import { monitor } from './monitoring/monitor.ts';
import { prometheusRule } from './monitoring/rule-group.ts';
import { networkPolicy } from './network-policy.ts';
import { deriveNumbers } from './numbers.ts';
import { applyPatches } from './patches/apply-patches.ts';
import { autoscaler } from './scaling/autoscaler.ts';
import { disruptionBudget } from './scaling/disruption-budget.ts';
import { scaledObject } from './scaling/scaled-object.ts';
import { service, serviceAccount } from './service.ts';
import { httpRoute } from './traffic/http-route.ts';
import { ingress } from './traffic/ingress.ts';

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

export function environmentObjects(facts: DeploymentFacts): EnvironmentObjects {
  const { deploy, name } = facts.spec;
  const numbers = deriveNumbers(facts);
  const alerts = alertsOf(facts, numbers);
  const found = monitor(facts);
  const rules = alerts.length > 0 && found !== undefined ? prometheusRule(facts, alerts) : undefined;
  const isScaled = facts.environment !== 'dev';
  const manifests = [
    serviceAccount(facts),
    configMap(facts, numbers),
    service(facts),
    ...(deploy.rollout === 'argo'
      ? [rollout(facts, numbers, configName(name)), ...(isAnalysed(facts) ? [analysisTemplate(facts)] : [])]
      : [deployment(facts, numbers, configName(name))]),
    ...(isScaled
      ? [
          deploy.autoscaler === 'keda' ? scaledObject(facts, numbers) : autoscaler(facts, numbers),
          disruptionBudget(facts),
        ]
      : []),
    networkPolicy(facts),
    ...(deploy.expose === 'gateway' ? [httpRoute(facts)] : []),
    ...(deploy.expose === 'ingress' ? [ingress(facts)] : []),
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

/** A service in an environment → all its alerts. None in dev, where nobody is on call. */
import type { DeploymentFacts } from '../deployment-facts.ts';
import type { Numbers } from '../numbers.ts';
import type { Alert } from './alert.ts';
import { modelAlerts } from './model-alerts.ts';
import { podAlerts } from './pod-alerts.ts';
import type { Scope } from './promql.ts';
import { serviceAlerts } from './service-alerts.ts';

export function scopeOf({ spec, namespace }: DeploymentFacts): Scope {
  return { namespace, job: spec.name };
}

export function alertsOf(facts: DeploymentFacts, numbers: Numbers): readonly Alert[] {
  const { environment, spec } = facts;
  if (environment === 'dev' || spec.deploy.monitor === 'off') return [];
  const scope = scopeOf(facts);
  return [...serviceAlerts(facts, scope), ...modelAlerts(facts, numbers, scope), ...podAlerts(facts, numbers)];
}

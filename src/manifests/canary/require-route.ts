/** A service → why its requests cannot be split between it and a canary of ours; no issues when they can. */
import type { Issue } from '../../issue.ts';
import type { ServiceSpec } from '../../service/spec.ts';

export function requireRoute({ deploy }: Pick<ServiceSpec, 'deploy'>): readonly Issue[] {
  const without = requireDeployment({ deploy });
  if (without.length > 0 || deploy.expose === 'gateway') return without;
  const message = `a canary needs an HTTPRoute to split the requests, and deploy.expose is ${deploy.expose}`;
  const hint = 'set deploy.expose: gateway, deploy.gateway and deploy.host, and deploy that first';
  return [{ rule: 'deploy.canary', severity: 'error', where: 'deploy.expose', message, hint }];
}

/** The pods of a Rollout are not those of a Deployment, and Argo has ways back of its own too. */
export function requireDeployment({ deploy }: Pick<ServiceSpec, 'deploy'>): readonly Issue[] {
  if (deploy.rollout !== 'argo') return [];
  const message = 'deploy.rollout is argo, and Argo makes canaries itself: each rollout is one, in steps';
  const hint = 'deploy as always; "kubectl argo rollouts" shows a rollout that is under way, promotes and aborts it';
  return [{ rule: 'deploy.canary', severity: 'error', where: 'deploy.rollout', message, hint }];
}

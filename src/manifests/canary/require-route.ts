/** A service → why its requests cannot be split between it and a canary; no issues when they can. */
import type { Issue } from '../../issue.ts';
import type { ServiceSpec } from '../../service/spec.ts';

export function requireRoute({ deploy }: Pick<ServiceSpec, 'deploy'>): readonly Issue[] {
  if (deploy.rollout === 'argo') {
    const message = 'deploy.rollout is argo, and Argo makes canaries itself: each rollout is one, in steps';
    const hint = 'deploy as always; "kubectl argo rollouts promote" and "abort" act on a rollout that is under way';
    return [{ rule: 'deploy.canary', severity: 'error', where: 'deploy.rollout', message, hint }];
  }
  if (deploy.expose === 'gateway') return [];
  const message = `a canary needs an HTTPRoute to split the requests, and deploy.expose is ${deploy.expose}`;
  const hint = 'set deploy.expose: gateway, deploy.gateway and deploy.host, and deploy that first';
  return [{ rule: 'deploy.canary', severity: 'error', where: 'deploy.expose', message, hint }];
}

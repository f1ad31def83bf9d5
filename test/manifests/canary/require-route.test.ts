import { describe, expect, it } from 'vitest';
import { requireRoute } from '../../../src/manifests/canary/require-route.ts';
import type { DeploySpec } from '../../../src/service/deploy-spec.ts';
import { objectsWith } from '../../support/platform-objects.ts';

describe('a canary', () => {
  const findings = (deploy: Partial<DeploySpec>) =>
    requireRoute(objectsWith('guarded/wine', 'prod', deploy).facts.spec).map(({ where }) => where);

  it('needs a route that can split the requests', () => {
    expect(findings({})).toEqual([]);
    expect(findings({ expose: 'none' })).toEqual(['deploy.expose']);
    expect(findings({ expose: 'ingress' })).toEqual(['deploy.expose']);
  });

  it('is made by Argo where that rolls out', () => {
    expect(findings({ rollout: 'argo' })).toEqual(['deploy.rollout']);
  });
});

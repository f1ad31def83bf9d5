/** What is done to a cluster, from what it holds: the order of the steps, what is refused, and that an interrupted plan is taken up again. */
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/manifests/canary/plan.ts';
import { planCanary } from '../../../src/manifests/canary/plan-canary.ts';
import { planPromotion } from '../../../src/manifests/canary/plan-promotion.ts';
import { planRollback } from '../../../src/manifests/canary/plan-rollback.ts';
import type { TrackState } from '../../../src/manifests/canary/state.ts';
import { weightOf } from '../../../src/manifests/canary/weighted-route.ts';
import { environmentObjects } from '../../../src/manifests/environment-objects.ts';
import { ROLLED_BACK } from '../../../src/manifests/live/revisions.ts';
import type { KubernetesObject } from '../../../src/manifests/manifest.ts';
import { liveDeployment, liveReplicaSet, liveRoute } from '../../support/live-objects.ts';
import { projectFacts } from '../../support/projects.ts';

const facts = await projectFacts('plain/iris');
const { spec } = facts;
const deploy = {
  ...spec.deploy,
  expose: 'gateway' as const,
  gateway: 'gateway-system/public',
  host: 'fraud.example.com',
};
const objects = environmentObjects({
  ...facts,
  spec: { ...spec, name: 'fraud', deploy },
  environment: 'prod',
  namespace: 'ml',
});
/** The project, as a Deployment runs it. */
const ours = objects.manifests.find(({ object }) => object.kind === 'Deployment')?.object as unknown as {
  spec: { template: ReturnType<typeof liveDeployment>['spec']['template'] };
};
const running = (deployment: ReturnType<typeof liveDeployment>): ReturnType<typeof liveDeployment> => ({
  ...deployment,
  spec: { ...deployment.spec, template: ours.spec.template },
});

const stable = liveDeployment({ version: '1.0.0', replicas: 20 });
const canary = running(liveDeployment({ name: 'fraud-canary', track: 'canary', version: '-' }));
const service = { ...canary, apiVersion: 'v1', kind: 'Service' };
const before: TrackState = {
  ...{
    service: 'fraud',
    namespace: 'ml',
    stable,
    canary: undefined,
    route: liveRoute(undefined),
    canaryParts: [],
    isNameTaken: false,
  },
  replicaSets: [
    liveReplicaSet(stable, { revision: 2, version: '0.9.0' }),
    liveReplicaSet(stable, { revision: 3, version: '1.0.0' }),
  ],
};
const during: TrackState = { ...before, canary, route: liveRoute(10), canaryParts: [service, canary] };

/** `apply Deployment/fraud-canary`, `wait fraud-canary`, … */
function told({ steps }: Plan): readonly string[] {
  const nameOf = ({ kind, metadata }: KubernetesObject) => `${kind}/${metadata?.name}`;
  return steps.map((step) => {
    if (step.kind === 'wait') return `wait ${step.deployment}`;
    if (step.kind === 'remove') return `remove ${step.parts.map(({ kind, name }) => `${kind}/${name}`).join(' ')}`;
    const names = step.objects.map(nameOf);
    return `apply ${names.length > 2 ? names.find((name) => name.startsWith('Deployment/')) : names.join(' ')}`;
  });
}

function objectOf({ steps }: Plan, kind: string): KubernetesObject {
  const all = steps.flatMap((step) => (step.kind === 'apply' ? step.objects : []));
  const found = all.filter((object) => object.kind === kind);
  if (found.length !== 1) throw new Error(`${found.length} ${kind}`);
  return found[0] as KubernetesObject;
}

const refusal = (work: () => Plan): readonly unknown[] => {
  try {
    return told(work());
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string };
    return [code, message, hint];
  }
};

describe('a canary', () => {
  it('gets requests when its pods are ready, and pods for its part of those of the service', () => {
    const plan = planCanary(before, objects, 15);
    expect(told(plan)).toEqual(['apply Deployment/fraud-canary', 'wait fraud-canary', 'apply HTTPRoute/fraud']);
    expect(weightOf(objectOf(plan, 'HTTPRoute'), 'fraud')).toBe(15);
    expect(objectOf(plan, 'Deployment')).toMatchObject({ spec: { replicas: 3 } });
    expect(plan.says).toMatch(/^15 % of the requests go to 1\.4\.0 \(iris .*\), the others to 1\.0\.0 \(fraud /);
  });

  it('gets fewer requests before it gets fewer pods', () => {
    expect(told(planCanary(during, objects, 5))[0]).toBe('apply HTTPRoute/fraud');
    expect(told(planCanary(during, objects, 50)).at(-1)).toBe('apply HTTPRoute/fraud');
  });

  it('changes nothing of the route but the split: what others have set is not applied', () => {
    const route = objectOf(planCanary(before, objects, 10), 'HTTPRoute');
    expect(Object.keys(route.metadata ?? {}).sort()).toEqual(['name', 'namespace']);
    expect(route).toMatchObject({ spec: { hostnames: ['fraud.example.com'] } });
  });

  it('needs a Deployment and a route beside it, and something new', () => {
    expect(refusal(() => planCanary({ ...before, stable: undefined }, objects, 10)).slice(0, 2)).toEqual([
      'NOT_DEPLOYED',
      'there is no Deployment fraud',
    ]);
    expect(refusal(() => planCanary({ ...before, route: undefined }, objects, 10))[1]).toBe(
      'there is no HTTPRoute fraud',
    );
    const [code, message] = refusal(() => planCanary({ ...before, stable: running(stable) }, objects, 10));
    expect([code, message]).toEqual(['CANARY_REFUSED', expect.stringContaining('fraud already runs 1.4.0')]);
    const [, , hint] = refusal(() => planCanary({ ...during, stable: running(stable) }, objects, 10));
    expect(hint).toContain('its promotion has begun');
  });
});

describe('a promotion', () => {
  it('keeps the split until the pods of the service are new, then gives them all requests and removes the canary, its Deployment last', () => {
    const plan = planPromotion(during, objects);
    expect(told(plan)).toEqual([
      'apply Deployment/fraud',
      'wait fraud',
      'apply HTTPRoute/fraud',
      'remove Service/fraud-canary Deployment/fraud-canary',
    ]);
    expect(weightOf(objectOf(plan, 'HTTPRoute'), 'fraud')).toBeUndefined();
    const [first] = plan.steps;
    expect(first?.kind === 'apply' && first.objects.map(({ kind }) => kind)).toContain('PrometheusRule');
  });

  it('is the same plan when it was interrupted after any of its steps', () => {
    const applied = { ...during, stable: running(stable) };
    const turned = { ...applied, route: liveRoute(undefined) };
    const removed = { ...turned, canaryParts: [canary] };
    for (const state of [applied, turned])
      expect(told(planPromotion(state, objects))).toEqual(told(planPromotion(during, objects)));
    expect(told(planPromotion(removed, objects)).at(-1)).toBe('remove Deployment/fraud-canary');
  });

  it('is refused for another model than was tried, for a canary that is not ready, and without one', () => {
    const other = { ...during, canary: liveDeployment({ name: 'fraud-canary', track: 'canary', version: '2.0.0' }) };
    expect(refusal(() => planPromotion(other, objects)).slice(0, 2)).toEqual([
      'CANARY_REFUSED',
      expect.stringMatching(/^the canary is 2\.0\.0 \(.*\), and this project is 1\.4\.0 \(/),
    ]);
    const slow = { ...during, canary: { ...canary, status: { ...canary.status, availableReplicas: 1 } } };
    expect(refusal(() => planPromotion(slow, objects))[1]).toBe('the pods of fraud-canary are not all ready');
    expect(refusal(() => planPromotion(before, objects))[0]).toBe('NOT_DEPLOYED');
  });
});

describe('a rollback', () => {
  it('of a canary gives the service all requests first, then removes the canary', () => {
    const plan = planRollback(during);
    expect(told(plan)).toEqual(['apply HTTPRoute/fraud', 'remove Service/fraud-canary Deployment/fraud-canary']);
    expect(weightOf(objectOf(plan, 'HTTPRoute'), 'fraud')).toBeUndefined();
  });

  it('of a canary goes on where it was interrupted, also when its Deployment is gone', () => {
    expect(told(planRollback({ ...during, route: liveRoute(undefined) }))).toEqual([
      'remove Service/fraud-canary Deployment/fraud-canary',
    ]);
    expect(told(planRollback({ ...before, canaryParts: [service] }))).toEqual(['remove Service/fraud-canary']);
    expect(told(planRollback({ ...before, route: liveRoute(10) }))).toEqual(['apply HTTPRoute/fraud']);
  });

  it('of a promotion that has begun brings the service back too', () => {
    const promoted = running(stable);
    const replicaSets = [...before.replicaSets, liveReplicaSet(stable, { revision: 4, version: '1.4.0' })];
    const plan = planRollback({ ...during, stable: promoted, replicaSets });
    expect(told(plan)).toEqual([
      'apply HTTPRoute/fraud',
      'apply Deployment/fraud',
      'wait fraud',
      'remove Service/fraud-canary Deployment/fraud-canary',
    ]);
    expect(objectOf(plan, 'Deployment')).toMatchObject({
      spec: { template: { metadata: { annotations: { 'mlserve.dev/service-version': '1.0.0' } } } },
    });
  });

  it('without a canary goes to the revision before, and says which it leaves and which it brings', () => {
    const plan = planRollback(before);
    expect(told(plan)).toEqual(['apply Deployment/fraud', 'wait fraud']);
    expect(plan.says).toMatch(
      /^fraud goes back from 1\.0\.0 \(fraud 1\.0\.0 \w{12}\) to 0\.9\.0 \(fraud 0\.9\.0 \w{12}\)$/,
    );
  });

  it('that was interrupted while the pods change waits for them, and goes no further back', () => {
    const annotations = { ...stable.metadata.annotations, [ROLLED_BACK]: 'abc' };
    const rolling = {
      ...stable,
      metadata: { ...stable.metadata, annotations },
      status: { ...stable.status, updatedReplicas: 1 },
    };
    expect(told(planRollback({ ...before, stable: rolling }))).toEqual(['wait fraud']);
  });

  it('is refused where nothing came before, or Kubernetes has not seen the last change', () => {
    expect(refusal(() => planRollback({ ...before, stable: undefined }))[0]).toBe('NOT_DEPLOYED');
    expect(refusal(() => planRollback({ ...before, replicaSets: before.replicaSets.slice(1) }))[1]).toContain(
      'no earlier revision',
    );
    const unseen = { ...stable, metadata: { ...stable.metadata, generation: 4 } };
    expect(refusal(() => planRollback({ ...before, stable: unseen }))[1]).toContain('not yet seen');
  });
});

/** The split of a route: what each rule says, that it is undone without a trace, and that rules of others stay as they are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weightOf, withCanary, withoutCanary } from '../../../src/manifests/canary/weighted-route.ts';
import type { KubernetesObject } from '../../../src/manifests/manifest.ts';

const toService = { name: 'fraud', port: 80, weight: 100 };
const route = (rules: readonly object[]): KubernetesObject =>
  ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'fraud', namespace: 'ml' },
    spec: { parentRefs: [{ name: 'public', namespace: 'gateway-system' }], hostnames: ['fraud.example.com'], rules },
  }) as KubernetesObject;
const rulesOf = (object: KubernetesObject) => (object as unknown as { spec: { rules: readonly object[] } }).spec.rules;
const plain = route([
  { matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: [toService], timeouts: { request: '65s' } },
]);

describe('a route with a canary', () => {
  it('gives it its percent, and all requests with the header', () => {
    const header = { type: 'Exact', name: 'x-mlserve-track', value: 'canary' };
    expect(rulesOf(withCanary(plain, 'fraud', 10))).toEqual([
      {
        matches: [{ path: { type: 'PathPrefix', value: '/' }, headers: [header] }],
        backendRefs: [{ name: 'fraud-canary', port: 80, weight: 100 }],
        timeouts: { request: '65s' },
      },
      {
        matches: [{ path: { type: 'PathPrefix', value: '/' } }],
        backendRefs: [
          { name: 'fraud', port: 80, weight: 90 },
          { name: 'fraud-canary', port: 80, weight: 10 },
        ],
        timeouts: { request: '65s' },
      },
    ]);
  });

  it('is the same whatever split there was before, and says its weight', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 99 }), (first, second) => {
        const once = withCanary(plain, 'fraud', second);
        expect(withCanary(withCanary(plain, 'fraud', first), 'fraud', second)).toEqual(once);
        expect(weightOf(once, 'fraud')).toBe(second);
        expect(withoutCanary(once, 'fraud')).toEqual(plain);
      }),
    );
    expect(weightOf(plain, 'fraud')).toBeUndefined();
    expect(weightOf(undefined, 'fraud')).toBeUndefined();
  });

  it('leaves rules to other services alone, and splits every rule to this one', () => {
    const other = { matches: [{ path: { type: 'Exact', value: '/docs' } }], backendRefs: [{ name: 'docs', port: 80 }] };
    const bare = { backendRefs: [{ name: 'fraud', port: 80 }] };
    const both = route([other, bare]);
    const split = rulesOf(withCanary(both, 'fraud', 25));
    expect(split).toHaveLength(3);
    expect(split[0]).toEqual(other);
    expect(split[1]).toMatchObject({ matches: [{ path: { type: 'PathPrefix', value: '/' } }] });
    expect(rulesOf(withoutCanary(withCanary(both, 'fraud', 25), 'fraud'))[0]).toEqual(other);
  });

  it('that a person wrote by hand is read by the rules of the Gateway API', () => {
    const byHand = route([
      {
        backendRefs: [
          { name: 'fraud', port: 80 },
          { name: 'fraud-canary', port: 80 },
        ],
      },
    ]);
    expect(weightOf(byHand, 'fraud')).toBe(1);
    const headerAlone = route([{ backendRefs: [{ name: 'fraud-canary', port: 80 }] }]);
    expect(weightOf(headerAlone, 'fraud')).toBe(0);
    expect(rulesOf(withoutCanary(headerAlone, 'fraud'))).toEqual([]);
  });
});

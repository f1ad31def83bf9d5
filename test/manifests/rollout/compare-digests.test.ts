import { describe, expect, it } from 'vitest';
import { compareDigests } from '../../../src/manifests/rollout/compare-digests.ts';
import { missingText, sortByKind } from '../../../src/manifests/rollout/missing-kinds.ts';
import { digestFor } from '../../support/sample-lock.ts';

const served = (name: string, digest = digestFor(`${name} model`), version = '1.0.0') => ({ name, version, digest });

const locked = [served('a'), served('b')];

describe('what pods say that they serve', () => {
  it('is what is locked, whatever else they serve', () => {
    const models = [served('a'), served('b'), served('c')];
    expect(
      compareDigests(
        [
          { pod: 'one', models },
          { pod: 'two', models },
        ],
        locked,
        'mlserve.lock',
      ),
    ).toEqual([]);
  });

  it('is a finding for each model of each pod that is another, or is not there', () => {
    const answers = [
      { pod: 'one', models: [served('a'), served('b', digestFor('other'))] },
      { pod: 'two', models: [served('a', undefined, '0.9.0'), served('b')] },
      { pod: 'three', models: undefined, reason: 'connection refused' },
    ];
    expect(compareDigests(answers, locked, 'mlserve.lock').map(({ where, message }) => `${where} ${message}`)).toEqual([
      `Pod/one b 1.0.0 is ${digestFor('other').slice(7, 19)} there and ${digestFor('b model').slice(7, 19)} in mlserve.lock`,
      `Pod/two it does not serve a 1.0.0, which is ${digestFor('a model').slice(7, 19)} in mlserve.lock`,
      'Pod/three it does not say what it serves: connection refused',
    ]);
  });
});

describe('kinds that a cluster lacks', () => {
  it('are told by API version and kind', () => {
    const object = (apiVersion: string, kind: string) => ({ apiVersion, kind, metadata: { name: 'iris' } });
    const monitor = object('monitoring.coreos.com/v1', 'PodMonitor');
    const later = object('apps/v2', 'Deployment');
    const known = object('apps/v1', 'Deployment');
    const kinds = new Map([
      ['apps/v1', ['Deployment']],
      ['apps/v2', []],
    ]);
    expect(sortByKind([monitor, known, later], kinds)).toEqual({ taken: [known], missing: [monitor, later] });
    expect(missingText(monitor)).toContain("comes with Prometheus' operator");
    expect(missingText(later)).toBe('Deployment/iris: the cluster has no Deployment (apps/v2)');
  });
});

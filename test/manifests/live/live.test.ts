/** What is read of objects in a cluster: the part that a manager has applied, revisions and the way back, tracks. As a Kubernetes 1.36 API server writes them. */
import { describe, expect, it } from 'vitest';
import type { TrackState } from '../../../src/manifests/canary/state.ts';
import { appliedPart } from '../../../src/manifests/live/applied-part.ts';
import { backTo } from '../../../src/manifests/live/back-to.ts';
import type { LiveObject } from '../../../src/manifests/live/live-objects.ts';
import { readTracks } from '../../../src/manifests/live/read-tracks.ts';
import { previousRevision, revisionsOf, templateOf } from '../../../src/manifests/live/revisions.ts';
import {
  identityText,
  isSameRevision,
  tellApart,
  templateIdentity,
} from '../../../src/manifests/live/template-identity.ts';
import { liveDeployment, livePod, liveReplicaSet, liveRoute, liveTemplate } from '../../support/live-objects.ts';

describe('the part of an object that a manager has applied', () => {
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'fraud',
      namespace: 'ml',
      resourceVersion: '77',
      labels: { ours: '1', theirs: '2' },
      managedFields: [
        {
          manager: 'mlserve',
          operation: 'Apply',
          fieldsV1: {
            'f:metadata': { 'f:labels': { 'f:ours': {} } },
            'f:spec': {
              'f:selector': {},
              'f:template': {
                'f:spec': {
                  'f:containers': {
                    'k:{"name":"server"}': {
                      '.': {},
                      'f:image': {},
                      'f:name': {},
                      'f:ports': { 'k:{"containerPort":8080,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
                    },
                  },
                },
              },
            },
          },
        },
        { manager: 'mlserve', operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
        { manager: 'kubectl', operation: 'Apply', fieldsV1: { 'f:metadata': { 'f:labels': { 'f:theirs': {} } } } },
      ],
    },
    spec: {
      replicas: 4,
      selector: { matchLabels: { a: 'b' } },
      template: {
        spec: {
          containers: [
            { name: 'proxy', image: 'theirs' },
            {
              name: 'server',
              image: 'ours',
              imagePullPolicy: 'Always',
              ports: [{ containerPort: 8080, protocol: 'TCP', name: 'http' }],
            },
          ],
        },
      },
    },
    status: { replicas: 4 },
  } as unknown as LiveObject;

  it('is what its fields name, with what tells the entries of a list apart, and nothing of others', () => {
    expect(appliedPart(object, 'mlserve')).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'fraud', namespace: 'ml', labels: { ours: '1' } },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: {
          spec: { containers: [{ name: 'server', image: 'ours', ports: [{ containerPort: 8080, protocol: 'TCP' }] }] },
        },
      },
    });
  });

  it('is the bare name for one that has applied nothing', () => {
    expect(appliedPart(object, 'argocd')).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'fraud', namespace: 'ml' },
    });
  });
});

describe('the revisions of a Deployment', () => {
  const deployment = liveDeployment({ version: '3.0.0' });
  const sets = [
    liveReplicaSet(deployment, { revision: 1, version: '1.0.0' }),
    liveReplicaSet(deployment, { revision: 3, version: '3.0.0' }),
    liveReplicaSet(deployment, { revision: 2, version: '2.0.0' }),
    liveReplicaSet(liveDeployment({ name: 'other', version: '9.0.0' }), { revision: 9, version: '9.0.0' }),
  ];

  it('are its own ReplicaSets, newest first; the one before the newest is the way back', () => {
    const revisions = revisionsOf(deployment, sets);
    expect(revisions.map(({ number }) => number)).toEqual([3, 2, 1]);
    expect(previousRevision(deployment, revisions)?.number).toBe(2);
  });

  it('lead further back, never forward to what was left, when one went back before', () => {
    const [three, two] = revisionsOf(deployment, sets);
    if (three === undefined || two === undefined) throw new Error('no revisions');
    const back = backTo(deployment, { to: two, current: three, manager: 'mlserve' });
    const after = {
      ...deployment,
      metadata: { ...deployment.metadata, annotations: back.metadata?.annotations ?? {} },
    };
    // The Deployment controller brings an old ReplicaSet back under a new number.
    const now = revisionsOf(after, [
      liveReplicaSet(deployment, { revision: 1, version: '1.0.0' }),
      liveReplicaSet(deployment, { revision: 3, version: '3.0.0' }),
      liveReplicaSet(deployment, { revision: 4, version: '2.0.0' }),
    ]);
    expect(now.map(({ number }) => number)).toEqual([4, 3, 1]);
    expect(previousRevision(after, now)?.number).toBe(1);
    expect(previousRevision(after, now.slice(0, 2))).toBeUndefined();
  });

  it('are applied again with their template as it was written, and their identity on the Deployment', () => {
    const [three, two] = revisionsOf(deployment, sets);
    if (three === undefined || two === undefined) throw new Error('no revisions');
    const back = backTo(deployment, { to: two, current: three, manager: 'mlserve' });
    expect(back).toMatchObject({
      kind: 'Deployment',
      metadata: {
        name: 'fraud',
        labels: { 'app.kubernetes.io/version': '2.0.0' },
        annotations: {
          'mlserve.dev/service-version': '2.0.0',
          'kubernetes.io/change-cause': 'fraud 2.0.0',
          'mlserve.dev/rolled-back-from': three.hash,
          team: 'ml',
        },
      },
      spec: { minReadySeconds: 10, template: liveTemplate({ version: '2.0.0' }) },
    });
    expect(Object.keys(back.metadata?.annotations ?? {})).not.toContain('deployment.kubernetes.io/revision');
    // An autoscaler counts the pods.
    expect((back as unknown as { spec: object }).spec).not.toHaveProperty('replicas');
    expect(templateOf(two).metadata?.labels).not.toHaveProperty('pod-template-hash');
  });
});

describe('the identity of a template', () => {
  it('is the models that its annotations say, all of them', () => {
    const one = templateIdentity(liveTemplate({ version: '1.4.0' }));
    expect(identityText(one)).toBe(`1.4.0 (fraud 1.4.0 ${one.models[0]?.digest.slice(7, 19)})`);
    const models = [
      { name: 'a', version: '1.0.0', digest: 'sha256:aaaaaaaaaaaaaaaa' },
      { name: 'b', version: '2.0.0', digest: 'sha256:bbbbbbbbbbbbbbbb' },
    ];
    const template = liveTemplate({ version: '1.4.0' });
    const several = templateIdentity({
      ...template,
      metadata: { annotations: { ...template.metadata?.annotations, 'mlserve.dev/models': JSON.stringify(models) } },
    });
    expect(identityText(several)).toBe('1.4.0 (a 1.0.0 aaaaaaaaaaaa, b 2.0.0 bbbbbbbbbbbb)');
  });

  it('is told with the image where another build has the same models', () => {
    const old = templateIdentity(liveTemplate({ version: '1.4.0' }));
    const built = { ...old, image: `registry.example.com/fraud:2@sha256:${'c'.repeat(64)}` };
    const text = identityText(old);
    expect(tellApart(old, built)).toEqual([expect.stringMatching(/, image \S+$/), `${text}, image cccccccccccc`]);
    expect(tellApart(old, old)).toEqual([text, text]);
    const next = templateIdentity(liveTemplate({ version: '2.0.0' }));
    expect(tellApart(old, next)).toEqual([text, identityText(next)]);
  });

  it('is the image where nobody has said more, and never the same as another such', () => {
    const foreign = templateIdentity({ spec: { containers: [{ name: 'app', image: 'nginx:1' }] } });
    expect(identityText(foreign)).toBe('image nginx:1');
    expect(isSameRevision(foreign, foreign)).toBe(false);
    const damaged = templateIdentity({ metadata: { annotations: { 'mlserve.dev/models': '{"a":' } } });
    expect(damaged.models).toEqual([]);
  });
});

describe('the tracks of a service', () => {
  const stable = liveDeployment({ version: '1.0.0', replicas: 2 });
  const canary = liveDeployment({ name: 'fraud-canary', track: 'canary', version: '2.0.0', replicas: 1 });
  const stableSet = liveReplicaSet(stable, { revision: 5, version: '1.0.0' });
  const canarySet = liveReplicaSet(canary, { revision: 1, version: '2.0.0' });
  const state: TrackState = {
    ...{
      service: 'fraud',
      namespace: 'ml',
      stable,
      canary,
      route: liveRoute(10),
      canaryParts: [],
      isNameTaken: false,
      replicaSets: [],
    },
  };
  const sets = [stableSet, canarySet];

  it('are the revisions that have pods, with who gets which part of the requests', () => {
    const pods = [
      livePod(stableSet, { since: '2026-11-01T10:00:00Z' }),
      livePod(stableSet, { restarts: 2 }),
      livePod(canarySet, { restarts: 1 }),
    ];
    const tracks = readTracks({ ...state, replicaSets: sets }, pods);
    expect(tracks.issues).toEqual([]);
    expect(tracks.weight).toBe(10);
    expect(
      tracks.revisions.map(({ track, version, ready, wanted, restarts, since }) => [
        track,
        version,
        ready,
        wanted,
        restarts,
        since,
      ]),
    ).toEqual([
      ['stable', '1.0.0', 2, 2, 2, '2026-11-01T10:00:00Z'],
      ['canary', '2.0.0', 1, 1, 1, '2026-11-30T10:00:00Z'],
    ]);
  });

  it('that are not all ready are findings, and so are two digests within a track; two tracks may differ', () => {
    const old = liveReplicaSet(stable, { revision: 4, version: '0.9.0' });
    const pods = [
      livePod(stableSet, {}),
      livePod(stableSet, { isReady: false }),
      livePod(old, {}),
      livePod(canarySet, {}),
    ];
    const rolling = { ...stable, status: { ...stable.status, updatedReplicas: 2, replicas: 3, availableReplicas: 2 } };
    const { revisions, issues } = readTracks({ ...state, stable: rolling, replicaSets: [...sets, old] }, pods);
    expect(revisions.map(({ track, version, ready, wanted }) => [track, version, ready, wanted])).toEqual([
      ['stable', '1.0.0', 1, 2],
      ['stable', '0.9.0', 1, 0],
      ['canary', '2.0.0', 1, 1],
    ]);
    expect(issues.map(({ rule, where }) => [rule, where])).toEqual([
      ['cluster.not-ready', 'Deployment/fraud'],
      ['cluster.digests-differ', 'Deployment/fraud'],
    ]);
    expect(issues[0]?.message).toBe('1 of 2 pods of the newest revision are ready');
  });

  it('that are all ready, of a rollout that has not ended, are a finding that says so', () => {
    const fresh = { ...stable, status: { ...stable.status, updatedReplicas: 2, replicas: 2, availableReplicas: 1 } };
    const { issues } = readTracks({ ...state, stable: fresh, replicaSets: sets }, [
      ...[livePod(stableSet, {}), livePod(stableSet, {}), livePod(canarySet, {})],
    ]);
    expect(issues).toMatchObject([
      {
        rule: 'cluster.not-ready',
        message: '2 of 2 pods of the newest revision are ready, and its rollout has not ended',
        hint: expect.stringContaining('ask again'),
      },
    ]);
  });

  it('do not show pods that were evicted, nor a revision that has no other', () => {
    const evicted = { phase: 'Failed', containerStatuses: [{ name: 'server', ready: false, restartCount: 3 }] };
    const old = liveReplicaSet(stable, { revision: 4, version: '0.9.0' });
    const pods = [
      ...[livePod(stableSet, {}), livePod(stableSet, {}), livePod(canarySet, {})],
      ...[stableSet, old].map((set) => ({ ...livePod(set, { since: '2026-01-01T10:00:00Z' }), status: evicted })),
    ];
    const { revisions } = readTracks({ ...state, replicaSets: [...sets, old] }, pods);
    expect(revisions.map(({ version, ready, restarts, since }) => [version, ready, restarts, since])).toEqual([
      ['1.0.0', 2, 0, '2026-11-30T10:00:00Z'],
      ['2.0.0', 1, 0, '2026-11-30T10:00:00Z'],
    ]);
  });

  it('count no pod that is ending as ready', () => {
    const { revisions } = readTracks({ ...state, replicaSets: sets }, [livePod(stableSet, { isEnding: true })]);
    expect(revisions.map(({ ready }) => ready)).toEqual([0, 0]);
  });
});

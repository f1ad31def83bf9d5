/** What people read of a canary and of what runs in a cluster. */
import { describe, expect, it } from 'vitest';
import type { ChangeCanaryResult } from '../../src/commands/change-canary.ts';
import type { KubeStatusResult } from '../../src/commands/kube-status.ts';
import { renderChangeCanary } from '../../src/commands/render-change-canary.ts';
import { renderKubeStatus } from '../../src/commands/render-kube-status.ts';
import type { TrackRevision } from '../../src/manifests/live/read-tracks.ts';
import { digestFor } from '../support/sample-lock.ts';

const change: ChangeCanaryResult = {
  ...{ action: 'promote', environment: 'prod', context: 'prod-eu', server: 'https://api', namespace: 'ml' },
  ...{ service: 'fraud', says: 'all requests go to 2.0.0', outcome: 'service', steps: [], dryRun: false },
  models: [],
  pods: [{ pod: 'fraud-1', models: [{ name: 'fraud', version: '2.0.0', digest: digestFor('fraud') }] }],
};

describe('a change to a canary', () => {
  it('is what it comes to, and the pods that answer', () => {
    expect(renderChangeCanary(change)).toBe(`all requests go to 2.0.0\n  fraud-1  fraud 2.0.0  ${digestFor('fraud')}`);
  });

  it('says what comes next: after a start both ways, after a way back the rest of the objects', () => {
    expect(renderChangeCanary({ ...change, outcome: 'split' })).toMatch(
      /\nnext: .*--promote --env prod.*--rollback --env prod$/,
    );
    expect(renderChangeCanary({ ...change, outcome: 'earlier' })).toMatch(/\nnext: mlserve deploy --apply --env prod/);
  });

  it('is nothing yet on a dry run', () => {
    expect(renderChangeCanary({ ...change, dryRun: true })).toBe(
      'all requests go to 2.0.0 (--dry-run): the API server takes all of it',
    );
  });
});

const readAt = Date.parse('2026-11-30T12:00:00Z');
const model = (name: string) => ({ name, version: '1.0.0', digest: digestFor(name) });
const revision: TrackRevision = {
  track: 'stable',
  ...{ revision: 4, version: '1.4.0', models: [model('a')], lockDigest: '', image: 'x' },
  ...{ ready: 2, wanted: 2, restarts: 0, since: '2026-11-30T11:00:00Z' },
};
const status: KubeStatusResult = {
  ...{ service: 'fraud', context: 'prod-eu', server: 'https://api', namespace: 'ml', readAt, weight: undefined },
  ...{ revisions: [revision], issues: [] },
};
const short = (name: string): string => digestFor(name).slice(7, 19);

describe('what runs in a cluster', () => {
  it('is a line for each revision, and one more for each further model', () => {
    const revisions = [
      { ...revision, models: [model('a'), model('b')] },
      { ...revision, revision: 3, version: '1.3.0', ready: 1, wanted: 0, since: undefined },
    ];
    expect(renderKubeStatus({ ...status, revisions }).split('\n')).toEqual([
      'fraud in prod-eu, namespace ml',
      '  TRACK   VERSION  MODEL    DIGEST        READY  REQUESTS  RESTARTS  AGE',
      `  stable  1.4.0    a 1.0.0  ${short('a')}  2/2    100 %     0         60m`,
      `                   b 1.0.0  ${short('b')}`,
      `  stable  1.3.0    a 1.0.0  ${short('a')}  1/0              0         -`,
    ]);
  });

  it('has a line for pods of which nothing says what they serve', () => {
    expect(renderKubeStatus({ ...status, revisions: [{ ...revision, version: '', models: [] }] })).toMatch(
      / - {2,}- +2\/2 /,
    );
  });

  it.each([
    ['2026-11-30T11:59:15Z', '45s'],
    ['2026-11-30T11:48:00Z', '12m'],
    ['2026-11-30T09:00:00Z', '3h'],
    ['2026-11-25T09:00:00Z', '5d'],
    // The clock of a cluster may be ahead.
    ['2026-11-30T12:00:05Z', '0s'],
  ])('says of pods since %s that they are %s old', (since, age) => {
    expect(renderKubeStatus({ ...status, revisions: [{ ...revision, since }] })).toMatch(new RegExp(` ${age}$`));
  });

  it('ends with what is wrong, and what to do', () => {
    const issues = [
      { rule: 'cluster.not-ready', severity: 'error', where: 'Deployment/fraud', message: 'm', hint: 'h' },
    ] as const;
    expect(renderKubeStatus({ ...status, issues })).toMatch(
      /\n {2}error cluster.not-ready Deployment\/fraud: m\n {6}fix: h$/,
    );
  });
});

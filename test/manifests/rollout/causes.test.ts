import { describe, expect, it } from 'vitest';
import type { LiveEvent, LivePod } from '../../../src/manifests/live/live-objects.ts';
import type { ObservedRollout } from '../../../src/manifests/rollout/observed.ts';
import { judgeRollout, pastOf } from '../../../src/manifests/rollout/verdict.ts';
import { deployment, event, pod, READY, rollout } from './observed.ts';

/** The rule of the first cause, whether it ends the wait, and its text. */
function judged(found: LivePod, events: readonly LiveEvent[] = []) {
  const { state, causes } = judgeRollout(
    rollout({
      deployment: deployment({ replicas: 2, updatedReplicas: 2 }),
      pods: [found, pod('b', { conditions: READY })],
      events,
    }),
  );
  return { state, rule: causes[0]?.rule, message: causes[0]?.message, hint: causes[0]?.hint, count: causes.length };
}

const waiting = (reason: string, message = '') => ({ state: { waiting: { reason, message } } });

describe('an image that cannot be pulled', () => {
  const absent = 'Failed to pull image "r/iris@sha256:1": rpc error: code = NotFound desc = r/iris@sha256:1: not found';
  const denied = 'Failed to pull image "r/iris": 401 Unauthorized: authentication required';
  const flaky = 'Failed to pull image "r/iris": dial tcp 10.0.0.9:443: i/o timeout';

  it('ends the wait once the registry has said that it is not there, or not for this namespace', () => {
    const backOff = pod('a', { container: waiting('ImagePullBackOff', 'Back-off pulling image "r/iris"') });
    expect(judged(backOff, [event('a', 'Failed', absent)])).toMatchObject({
      state: 'failed',
      rule: 'rollout.image-pull',
      message: expect.stringContaining('the image cannot be pulled: rpc error: code = NotFound'),
      hint: expect.stringContaining('build image --push'),
    });
    expect(judged(backOff, [event('a', 'Failed', denied)])).toMatchObject({
      state: 'failed',
      hint: expect.stringContaining('deploy.pullSecret'),
    });
  });

  it('is said without the name of the image once more, by the kubelet of 1.33 and later without an event', () => {
    const said = `Back-off pulling image "r/iris": ErrImagePull: rpc error: code = NotFound desc = r/iris: not found`;
    expect(judged(pod('a', { container: waiting('ImagePullBackOff', said) }))).toMatchObject({
      state: 'failed',
      message: 'the image cannot be pulled: rpc error: code = NotFound desc = r/iris: not found',
    });
  });

  it('is waited for at the first try, and when the registry does not answer', () => {
    const first = pod('a', { container: waiting('ErrImagePull', absent) });
    expect(judged(first, [event('a', 'Failed', absent)]).state).toBe('going');
    const backOff = pod('a', { container: waiting('ImagePullBackOff') });
    expect(judged(backOff, [event('a', 'Failed', flaky)]).state).toBe('going');
    // Of another pod.
    expect(judged(backOff, [event('z', 'Failed', absent)]).state).toBe('going');
  });

  it('ends the wait at once when its name is none', () => {
    expect(judged(pod('a', { container: waiting('InvalidImageName') })).state).toBe('failed');
  });
});

describe('a server that ends', () => {
  const ended = (restartCount: number, reason: string, message?: string) =>
    pod('a', {
      container: {
        restartCount,
        ...waiting('CrashLoopBackOff'),
        lastState: { terminated: { exitCode: 2, reason, ...(message === undefined ? {} : { message }) } },
      },
    });

  it('is said with the last lines of its log, and fails from the second time on', () => {
    const log = 'one\ntwo\n\n error: no model [X]\n  fix: lock\n';
    expect(judged(ended(1, 'Error', log))).toMatchObject({ state: 'going', rule: 'rollout.crash' });
    expect(judged(ended(2, 'Error', log))).toMatchObject({
      state: 'failed',
      message: 'the server ended with exit code 2: two | error: no model [X] | fix: lock',
    });
    expect(judged(ended(2, 'Error')).message).toBe('the server ended with exit code 2');
  });

  it('because its probe found it silent is one that did not answer in time, and no crash', () => {
    const late = event('a', 'Unhealthy', 'Startup probe failed: connection refused');
    const stopped = (exitCode: number, restartCount: number) =>
      pod('a', { container: { restartCount, lastState: { terminated: { exitCode, reason: 'Error' } } } });
    for (const exitCode of [0, 137, 143]) {
      expect(judged(stopped(exitCode, 2), [late])).toMatchObject({
        state: 'failed',
        rule: 'rollout.probe',
        message: 'it was ended and started again, for it did not answer: Startup probe failed: connection refused',
        hint: expect.stringContaining('deploy.startupMs'),
      });
    }
    expect(judged(stopped(0, 1), [late]).state).toBe('going');
    expect(judged(stopped(2, 2), [late]).rule).toBe('rollout.crash');
    const notReady = event('a', 'Unhealthy', 'Readiness probe failed: 503');
    expect(judged(stopped(137, 2), [notReady]).rule).toBe('rollout.crash');
  });

  it('for want of memory names the setting', () => {
    expect(judged(ended(3, 'OOMKilled'))).toMatchObject({
      state: 'failed',
      rule: 'rollout.out-of-memory',
      hint: expect.stringContaining('deploy.memoryBytes'),
    });
  });
});

describe('what may still come', () => {
  it.each([
    [
      'rollout.pending',
      pod('a', { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }] }),
      [],
    ],
    [
      'rollout.container-config',
      pod('a', { container: waiting('CreateContainerConfigError', 'secret "k" not found') }),
      [],
    ],
    ['rollout.mount', pod('a'), [event('a', 'FailedMount', 'MountVolume.SetUp failed: secret "t" not found')]],
    ['rollout.probe', pod('a', { container: {} }), [event('a', 'Unhealthy', 'Startup probe failed: 503')]],
  ])('is waited for, and said: %s', (rule, found, events) => {
    expect(judged(found, events)).toMatchObject({ state: 'going', rule, count: 1 });
  });

  it('is nothing while a pod just starts', () => {
    expect(judged(pod('a', { container: waiting('ContainerCreating') }))).toMatchObject({ state: 'going', count: 0 });
  });
});

describe('pods that the cluster does not make', () => {
  const failing = (message: string, updatedReplicas = 0) =>
    judgeRollout(
      rollout({
        deployment: deployment({
          replicas: 2,
          updatedReplicas,
          conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }],
        }),
      }),
    );

  it('are a quota, a rule of Pod Security, or another rule', () => {
    expect(failing('pods "iris-1-" is forbidden: exceeded quota: q, requested: pods=1')).toMatchObject({
      state: 'failed',
      causes: [{ rule: 'rollout.quota', where: 'Deployment/iris' }],
    });
    expect(failing('pods "iris-1-" is forbidden: violates PodSecurity "restricted:latest"').causes[0]).toMatchObject({
      rule: 'rollout.forbidden',
      hint: expect.stringContaining('deploy.patches'),
    });
    expect(failing('admission webhook "x" denied the request').causes[0]).toMatchObject({
      rule: 'rollout.forbidden',
      hint: expect.stringContaining('whoever sets the rules'),
    });
    expect(failing('maximum memory usage per Container is 256Mi, but limit is 512Mi').causes[0]).toMatchObject({
      rule: 'rollout.forbidden',
      hint: expect.stringContaining('LimitRange'),
    });
  });

  it('are found by the event alone, and not by one of an older revision', () => {
    const message = 'Error creating: pods "iris-10-" is forbidden: exceeded quota: q';
    const found = judgeRollout(rollout({ events: [event('set-10', 'FailedCreate', message)] }));
    expect(found.causes[0]?.message).toBe('the cluster makes no pod: pods "iris-10-" is forbidden: exceeded quota: q');
    expect(judgeRollout(rollout({ events: [event('set-9', 'FailedCreate', message)] })).causes).toEqual([]);
  });

  it('are given up when the cluster gives up', () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'late' }];
    expect(judgeRollout(rollout({ deployment: deployment({ conditions }) }))).toMatchObject({
      state: 'failed',
      causes: [{ rule: 'rollout.deadline' }],
    });
  });
});

describe('what kept a rollout before somebody looked', () => {
  const quota = 'Error creating: pods "iris-10-" is forbidden: exceeded quota: q';
  const tried = (resourceVersion: string): LiveEvent => {
    const { metadata, ...rest } = event('set-10', 'FailedCreate', quota);
    return { ...rest, metadata: { ...metadata, resourceVersion } };
  };
  const states = (first: ObservedRollout, next: ObservedRollout) => {
    const known = pastOf(first);
    return [first, next].map((each) => judgeRollout(each, known).state);
  };
  const condition = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: quota };
  const refused = (...events: readonly LiveEvent[]) =>
    rollout({ deployment: deployment({ conditions: [condition] }), events });
  const crashed = (restartCount: number) =>
    rollout({
      pods: [pod('a', { container: { restartCount, lastState: { terminated: { exitCode: 2, reason: 'Error' } } } })],
    });
  const unpulled = (resourceVersion: string) => {
    const { metadata, ...rest } = event('a', 'Failed', 'Failed to pull image "r/iris": r/iris: not found');
    return rollout({
      pods: [pod('a', { container: waiting('ImagePullBackOff') })],
      events: [{ ...rest, metadata: { ...metadata, resourceVersion } }],
    });
  };

  it('is no failure until it happens once more: it may have been mended since', () => {
    expect(states(refused(tried('7')), refused(tried('7')))).toEqual(['going', 'going']);
    expect(states(refused(tried('7')), refused(tried('8')))).toEqual(['going', 'failed']);
    expect(states(crashed(4), crashed(4))).toEqual(['going', 'going']);
    expect(states(crashed(4), crashed(5))).toEqual(['going', 'failed']);
    expect(states(unpulled('7'), unpulled('7'))).toEqual(['going', 'going']);
    expect(states(unpulled('7'), unpulled('8'))).toEqual(['going', 'failed']);
  });

  it('is not known before the cluster has seen what was applied', () => {
    const earlier = rollout({ deployment: deployment({ observedGeneration: 6, conditions: [condition] }) });
    expect(pastOf(earlier)).toBeUndefined();
  });
});

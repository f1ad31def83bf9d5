import { describe, expect, it } from 'vitest';
import { rolloutSeconds } from '../../../src/manifests/rollout/deadline.ts';
import { newPods } from '../../../src/manifests/rollout/new-pods.ts';
import { progressOf } from '../../../src/manifests/rollout/progress.ts';
import { judgeRollout } from '../../../src/manifests/rollout/verdict.ts';
import { deployment, pod, READY, rollout } from './observed.ts';

const ready = (name: string, revision = 10) => pod(name, { conditions: READY, revision });

describe('how far a rollout is', () => {
  it('is not known before the controller has seen what was applied, whatever pods there are', () => {
    const old = rollout({
      deployment: deployment({ observedGeneration: 6, replicas: 2, updatedReplicas: 2, availableReplicas: 2 }),
      pods: [ready('a'), ready('b')],
    });
    expect(progressOf(old)).toMatchObject({ isDone: false, ready: 0, words: 'the cluster has not begun yet' });
    expect(newPods(old)).toEqual([]);
  });

  it('counts ready pods of the newest revision, and those that are still there of others', () => {
    const going = rollout({
      deployment: deployment({ replicas: 3, updatedReplicas: 1, availableReplicas: 2 }),
      pods: [pod('new'), ready('old', 9), ready('older', 9), pod('ending', { isEnding: true })],
    });
    expect(progressOf(going).words).toBe('0 of 2 pods ready, 2 old pods still there');
    expect(newPods(going).map(({ metadata }) => metadata.name)).toEqual(['new']);
  });

  it('does not count pods that were evicted and stay as a record', () => {
    const evicted = rollout({ pods: [ready('a'), pod('b', { phase: 'Failed' }), pod('c', { phase: 'Succeeded' })] });
    expect(newPods(evicted).map(({ metadata }) => metadata.name)).toEqual(['a']);
  });

  it('is done when all are of the new revision and count as available, not before', () => {
    const pods = [ready('a'), ready('b')];
    const almost = rollout({ deployment: deployment({ replicas: 2, updatedReplicas: 2, availableReplicas: 1 }), pods });
    expect(progressOf(almost)).toMatchObject({
      isDone: false,
      words: '2 of 2 pods ready, to stay so for some seconds',
    });
    const done = rollout({ deployment: deployment({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 }), pods });
    expect(judgeRollout(done)).toMatchObject({ state: 'done', causes: [], progress: { words: '2 of 2 pods ready' } });
  });

  it('waits for the pods that an autoscaler asks for meanwhile', () => {
    const grown = rollout({ deployment: deployment({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 }, 5) });
    expect(progressOf(grown)).toMatchObject({ isDone: false, wanted: 5 });
  });

  it('waits for the fewest pods of its autoscaler, which counts some seconds after the first apply', () => {
    const one = { replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
    const first = rollout({ deployment: deployment(one, 1), pods: [ready('a')], least: 2 });
    expect(progressOf(first)).toMatchObject({
      isDone: false,
      wanted: 2,
      words: '1 of 2 pods ready, its autoscaler has asked for 1 so far',
    });
    const two = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
    const both = rollout({ deployment: deployment(two, 2), pods: [ready('a'), ready('b')], least: 2 });
    expect(progressOf(both)).toMatchObject({ isDone: true, words: '2 of 2 pods ready' });
  });

  it('waits for no pod of a Deployment that was set to none, which an autoscaler leaves alone', () => {
    const none = rollout({ deployment: deployment({ replicas: 0 }, 0), least: 2 });
    expect(progressOf(none)).toMatchObject({ isDone: true, wanted: 0 });
  });
});

describe('the time that a rollout may take', () => {
  it('is that of its pods, one after the other, and that of one where there is none yet', () => {
    const numbers = { startupSeconds: { value: 74, why: '' } };
    expect(rolloutSeconds(numbers, 3)).toEqual({ value: 252, why: '3 × (74 s to start + 10 s to stay ready)' });
    expect(rolloutSeconds(numbers, 0).value).toBe(84);
  });
});

import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { askPods } from '../../src/commands/ask-pods.ts';
import type { Cluster } from '../../src/manifests/cluster.ts';
import { projectFacts } from '../support/projects.ts';

it('asks many pods a few at a time, for each question is a process, and keeps their order', async () => {
  const facts = await projectFacts('plain/iris');
  let [now, most] = [0, 0];
  const askPod: Cluster['askPod'] = async ({ pod }) => {
    most = Math.max(most, ++now);
    await pause(5);
    now -= 1;
    const models = [{ name: 'iris', version: '1.4.0', digest: pod, state: 'ready' }];
    return JSON.stringify({ status: 'ready', service: { name: 'iris', version: '1.4.0' }, models });
  };
  const pods = Array.from({ length: 20 }, (_, at) => `iris-${at}`);
  const answers = await askPods({ cluster: { askPod } as Cluster, namespace: 'iris' }, facts, pods);
  expect(answers.map(({ pod, models }) => [pod, models?.[0]?.digest])).toEqual(pods.map((pod) => [pod, pod]));
  expect(answers[0]?.models).toEqual([{ name: 'iris', version: '1.4.0', digest: 'iris-0' }]);
  expect(most).toBe(8);
});

import { expect, it, vi } from 'vitest';
import { MlserveError } from '../../../src/errors.ts';
import type { Api } from '../../../src/io/kubectl/api.ts';
import type { Kubectl } from '../../../src/io/kubectl/run.ts';
import { watchObjects } from '../../../src/io/kubectl/watch.ts';

const pauses = vi.hoisted((): number[] => []);
vi.mock('node:timers/promises', () => ({ setTimeout: async (ms: number) => void pauses.push(ms) }));

/** Pods of an API server that refuses connections so many times, and is there again. */
async function podsAfter(refusals: number): Promise<readonly string[]> {
  let asked = 0;
  const api = {
    async read() {
      if (++asked <= refusals) throw new MlserveError('CLUSTER_UNREACHABLE', 'connection refused');
      return { metadata: { resourceVersion: '7' }, items: [{ metadata: { name: 'iris' } }] };
    },
  } as unknown as Api;
  const ports = { kubectl: {} as Kubectl, api };
  for await (const pods of watchObjects({ path: '/pods', selector: '' }, ports, new AbortController().signal)) {
    return pods.map(({ metadata }) => metadata?.name ?? '');
  }
  return [];
}

it('waits while an API server is started again, and not for ever', async () => {
  expect(await podsAfter(8)).toEqual(['iris']);
  expect(pauses.reduce((sum, each) => sum + each)).toBeGreaterThan(15_000);
  await expect(podsAfter(9)).rejects.toThrow('connection refused');
});

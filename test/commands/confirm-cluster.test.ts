import { describe, expect, it } from 'vitest';
import { confirmCluster } from '../../src/commands/confirm-cluster.ts';
import { MlserveError } from '../../src/errors.ts';
import type { Cluster } from '../../src/manifests/cluster.ts';
import { testIo } from '../support/test-io.ts';

const cluster = { place: { context: 'prod', server: 'https://api.example' } } as Cluster;
const work = { cluster, namespace: 'fraud' };

describe('the question before a cluster is changed', () => {
  it('names the context, the server and the namespace, and takes yes alone', async () => {
    const willing = testIo('/', { answers: { '--yes': 'y' } });
    await confirmCluster('apply 7 objects to', work, { yes: false }, willing);
    expect(willing.questions).toEqual(['apply 7 objects to context prod (https://api.example), namespace fraud?']);
    const unwilling = testIo('/', { answers: { '--yes': 'n' } });
    await expect(confirmCluster('apply to', work, { yes: false }, unwilling)).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
  });

  it('says after Ctrl-C that nothing was changed', async () => {
    const stopped = new MlserveError('INTERRUPTED', 'stopped at a question');
    const prompt = { ...testIo('/').prompt, confirm: () => Promise.reject(stopped) };
    await expect(confirmCluster('apply to', work, { yes: false }, { prompt })).rejects.toMatchObject({
      code: 'INTERRUPTED',
      message: 'stopped at a question: nothing was changed',
    });
  });

  it('is not asked with --yes, and cannot be without a terminal', async () => {
    const io = testIo('/');
    await confirmCluster('apply to', work, { yes: true }, io);
    expect(io.questions).toEqual([]);
    await expect(confirmCluster('apply to', work, { yes: false }, io)).rejects.toMatchObject({
      code: 'PROMPT_UNAVAILABLE',
      hint: 'give --yes',
    });
  });

  it('says so where the cluster is the one around the program', async () => {
    const io = testIo('/', { answers: { '--yes': 'y' } });
    const own = { cluster: { place: { context: '', server: 'https://10.0.0.1:443' } } as Cluster, namespace: 'fraud' };
    await confirmCluster('apply to', own, { yes: false }, io);
    expect(io.questions[0]).toContain('the cluster of this pod (https://10.0.0.1:443)');
  });
});

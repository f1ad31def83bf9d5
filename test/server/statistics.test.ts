import { describe, expect, it } from 'vitest';
import type { InferResult } from '../../src/engine/engine.ts';
import { ModelStatistics } from '../../src/server/statistics.ts';
import { identity } from '../support/fake-engine.ts';
import { handlerOf, type ModelUnderTest, tensorValue } from './support.ts';

const model = (name: string, version?: string): ModelUnderTest => ({
  name,
  ...(version === undefined ? {} : { version }),
  compute: identity,
  signature: {
    inputs: [tensorValue('INPUT0', 'float32', ['N'])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'float32', ['N'])],
  },
});
const result = (parts: Partial<InferResult>): InferResult => ({
  ...{ outputs: new Map(), queueMs: 0, inferMs: 0, aroundMs: 0, batchRows: 1, isFirst: true, ...parts },
});
const NONE = { count: 0, ns: 0 };

describe('the statistics of a model', () => {
  it('are nothing at first, with every member that perf_analyzer reads', () => {
    const members = [
      'success',
      'fail',
      'queue',
      'compute_input',
      'compute_infer',
      'compute_output',
      'cache_hit',
      'cache_miss',
    ];
    expect(new ModelStatistics().view()).toEqual({
      last_inference: 0,
      inference_count: 0,
      execution_count: 0,
      inference_stats: Object.fromEntries(members.map((name) => [name, NONE])),
      response_stats: {},
      batch_stats: [],
      memory_usage: [],
    });
  });

  it('count rows, runs and nanoseconds, a run once however many requests share it', () => {
    const statistics = new ModelStatistics();
    const shared = { queueMs: 3, inferMs: 10, aroundMs: 1, batchRows: 3 };
    statistics.countAnswer(result({ ...shared, isFirst: true }), 2, { readMs: 0.5, writeMs: 0.25, totalMs: 15 }, 1000);
    statistics.countAnswer(
      result({ ...shared, isFirst: false }),
      1,
      { readMs: 0.5, writeMs: 0.25, totalMs: 16 },
      2000.4,
    );
    statistics.countAnswer(result({ inferMs: 4 }), 1, { readMs: 1, writeMs: 1, totalMs: 6 }, 3000.6);
    statistics.countFailure(7);
    expect(statistics.view()).toMatchObject({
      last_inference: 3001,
      inference_count: 4,
      execution_count: 2,
      inference_stats: {
        success: { count: 3, ns: 37_000_000 },
        fail: { count: 1, ns: 7_000_000 },
        queue: { count: 3, ns: 6_000_000 },
        // Each request waited for all of its run.
        compute_infer: { count: 3, ns: 24_000_000 },
        compute_input: { count: 3, ns: 4_000_000 },
        compute_output: { count: 3, ns: 1_500_000 },
      },
      batch_stats: [
        {
          batch_size: 1,
          compute_input: { count: 1, ns: 1_000_000 },
          compute_infer: { count: 1, ns: 4_000_000 },
          compute_output: { count: 1, ns: 1_000_000 },
        },
        {
          batch_size: 3,
          compute_input: { count: 1, ns: 2_000_000 },
          compute_infer: { count: 1, ns: 10_000_000 },
          compute_output: { count: 1, ns: 500_000 },
        },
      ],
    });
  });

  it('tell no more than a thousand sizes apart', () => {
    const statistics = new ModelStatistics();
    for (let rows = 1; rows <= 5000; rows++) {
      statistics.countAnswer(result({ batchRows: rows }), rows, { readMs: 0, writeMs: 0, totalMs: 0 }, 0);
    }
    const view = statistics.view() as { batch_stats: unknown[]; execution_count: number };
    expect([view.batch_stats.length, view.execution_count]).toEqual([1000, 5000]);
  });
});

describe('the statistics routes', () => {
  type Stats = { name: string; version: string; inference_count: number; execution_count: number } & {
    inference_stats: Record<string, { count: number; ns: number }>;
  };
  const under = handlerOf([model('m'), model('m', '0.9.0'), model('stats')]);
  const read = async (path: string): Promise<Stats[]> => {
    const { status, body } = await under.json('GET', path);
    expect(status).toBe(200);
    return (body as { model_stats: Stats[] }).model_stats;
  };
  const names = async (path: string) => (await read(path)).map(({ name, version }) => `${name} ${version}`);

  it('answer for a version, a model, or all', async () => {
    expect(await names('/v2/models/m/versions/0.9.0/stats')).toEqual(['m 0.9.0']);
    expect(await names('/v2/models/m/stats')).toEqual(['m 1.4.0', 'm 0.9.0']);
    expect(await names('/v2/models/stats')).toEqual(['m 1.4.0', 'm 0.9.0', 'stats 1.4.0']);
    expect(await names('/v2/models/stats/stats')).toEqual(['stats 1.4.0']);
    expect((await under.json('GET', '/v2/models/x/stats')).status).toBe(404);
  });

  it('count what was answered by any route, and what the model failed, but no request that does not fit', async () => {
    const of = async () => (await read('/v2/models/m/versions/1.4.0/stats'))[0] as Stats;
    const before = await of();
    const input = '{"name":"INPUT0","shape":[3],"datatype":"FP32","data":[1,2,3]}';
    await under.send('POST', '/v2/models/m/infer', `{"inputs":[${input}]}`);
    await under.send('POST', '/models/m/predict', '{"instances":[1,2]}');
    await under.send('POST', '/v2/models/m/infer', '{"inputs":[]}');
    under.engine.failNext('runtime-failed');
    await under.send('POST', '/v2/models/m/infer', `{"inputs":[${input}]}`);
    const { inference_count, execution_count, inference_stats } = await of();
    expect([inference_count - before.inference_count, execution_count - before.execution_count]).toEqual([5, 2]);
    expect([inference_stats.success?.count, inference_stats.fail?.count, inference_stats.queue?.count]).toEqual([
      2, 1, 2,
    ]);
    for (const { count, ns } of Object.values(inference_stats)) {
      expect(Number.isInteger(ns)).toBe(true);
      expect(ns > 0).toBe(count > 0);
    }
  });
});

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/server/metrics.ts';
import { METRICS } from '../../src/server/metrics-table.ts';
import { fakeEngine, identity } from '../support/fake-engine.ts';
import { DIGEST, handlerOf, type ModelUnderTest, tensorValue } from './support.ts';

const MODEL: ModelUnderTest = {
  name: 'm',
  compute: identity,
  signature: {
    inputs: [tensorValue('INPUT0', 'float32', ['N'])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'float32', ['N'])],
  },
};

async function scrape(under: ReturnType<typeof handlerOf>): Promise<string> {
  const response = await under.send('GET', '/metrics');
  expect(response.status).toBe(200);
  expect(response.headers['Content-Type']).toMatch(/^text\/plain; version=0\.0\.4/);
  return String(response.body);
}

describe('/metrics', () => {
  it('counts requests, durations and rows under labels from the configuration', async () => {
    const under = handlerOf([MODEL]);
    for (let at = 0; at < 3; at++) await under.send('POST', '/predict', '{"instances":[1,2]}');
    await under.send('POST', '/predict', '{"instances":["x"]}');
    await under.send('POST', '/v2/models/m/infer', '{');
    const text = await scrape(under);
    const labels = 'model="m",version="1.4.0"';
    for (const line of [
      `mlserve_requests_total{${labels},route="/predict",code="200"} 3`,
      `mlserve_requests_total{${labels},route="/predict",code="422"} 1`,
      `mlserve_requests_total{${labels},route="/v2/models/{model}/infer",code="400"} 1`,
      `mlserve_request_duration_seconds_count{${labels},route="/predict"} 4`,
      `mlserve_inference_duration_seconds_bucket{le="0.001",${labels}} 0`,
      `mlserve_inference_duration_seconds_bucket{le="0.0025",${labels}} 3`,
      `mlserve_inference_duration_seconds_bucket{le="+Inf",${labels}} 3`,
      `mlserve_inference_duration_seconds_sum{${labels}} 0.006`,
      `mlserve_queue_duration_seconds_count{${labels}} 3`,
      `mlserve_batch_rows_bucket{le="1",${labels}} 0`,
      `mlserve_batch_rows_bucket{le="2",${labels}} 3`,
      'mlserve_requests_in_flight 1',
      `mlserve_rejected_total{${labels},reason="bad_request"} 2`,
      `mlserve_rejected_total{${labels},reason="queue_full"} 0`,
      `mlserve_queue_rows{${labels}} 0`,
      `mlserve_model_ready{${labels}} 1`,
      `mlserve_model_info{name="m",version="1.4.0",digest="${DIGEST}",graph="${DIGEST}",weights="${DIGEST}",signature="${DIGEST}",runtime="fake 1.0.0"} 1`,
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('follows the state of the model and its queue', async () => {
    const under = handlerOf([MODEL]);
    under.engine.set('draining', 16);
    await under.send('POST', '/predict', '{"instances":[1]}');
    const text = await scrape(under);
    expect(text).toContain('mlserve_model_ready{model="m",version="1.4.0"} 0');
    expect(text).toContain('mlserve_queue_rows{model="m",version="1.4.0"} 16');
    expect(text).toContain('mlserve_rejected_total{model="m",version="1.4.0",reason="not_ready"} 1');
  });

  it('lets no request make a series', async () => {
    const under = handlerOf([MODEL]);
    const before = (await scrape(under)).split('\n').length;
    for (let at = 0; at < 50; at++) {
      await under.send('GET', `/random-${at}`);
      await under.send('POST', `/models/random-${at}/predict`, '{}');
      await under.send('POST', `/v2/models/m/versions/${at}/infer`, '{}');
      await under.send(`VERB${at}`, '/predict');
    }
    const text = await scrape(under);
    expect(text).not.toContain('random');
    expect(text).not.toContain('VERB');
    expect(text).toContain(
      'mlserve_requests_total{model="__unknown__",version="__unknown__",route="/models/{model}/predict",code="404"} 50',
    );
    expect(text).toContain('mlserve_requests_total{model="",version="",route="__unknown__",code="404"} 50');
    expect(text.split('\n').length - before).toBeLessThan(10);
  });

  it('passes promtool check metrics, process metrics included', async (context) => {
    const found = spawnSync('promtool', ['--version']);
    if (found.error !== undefined) {
      context.skip('promtool is not installed (Debian: apt-get install prometheus)');
    }
    const clock = { now: () => 0, monotonic: () => 0 };
    const metrics = createMetrics({ clock, engine: fakeEngine({}), runtime: 'fake 1.0.0', processMetrics: true });
    metrics.route('m', '1.4.0', '/predict').count(200, 0.01);
    const result = { outputs: new Map(), queueMs: 1, inferMs: 1, aroundMs: 1, batchRows: 1, isFirst: true };
    metrics.model('m', '1.4.0').countAnswer(result, 1, { readMs: 1, writeMs: 1, totalMs: 5 });
    const text = await metrics.text();
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect(`${checked.stdout}${checked.stderr}`).toBe('');
    expect(checked.status).toBe(0);
  });
});

describe('docs/metrics.md', () => {
  it('lists exactly the metrics of the table', () => {
    const text = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
    const rows = text.split('\n').filter((line) => line.startsWith('| `mlserve_'));
    expect(rows).toEqual(
      Object.values(METRICS).map(({ name, type, labels, help }) => {
        const list = labels.map((label) => `\`${label}\``).join(', ');
        return `| \`${name}\` | ${type} | ${list === '' ? '–' : list} | ${help} |`;
      }),
    );
  });
});

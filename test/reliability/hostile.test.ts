/**
 * Slow and hostile clients against a running service: it stays healthy, and `/livez` answers. `npm run reliability` takes longer, prints the
 * figures of docs/reliability.md and holds /livez to its limit; as part of all tests it is short, for its neighbours slow the clock.
 */
import { readFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { type Served, startServer } from '../support/served.ts';
import { makeTemp } from '../support/temp.ts';
import { ATTACKS } from './attacks.ts';
import { LIVEZ_HEAD, livezDuring, livezLine } from './livez.ts';

const isMeasured = process.env.MLSERVE_RELIABILITY !== undefined;
const [MS, MOST, P99_MS] = isMeasured ? [8000, 10_000, 50] : [1500, 1000, 2000];
const BODY = '{"inputs":{"float_input":[[5.1,3.5,1.4,0.2]]}}';
let served: Served;
let port = 0;
const lines: string[] = [...LIVEZ_HEAD];

const rss = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${served.process.pid}/status`, 'utf8'))?.[1]) / 1024;
/** Two ends of every connection are ours. */
const mostFiles = (): number =>
  Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]) - 500;

beforeAll(async () => {
  const dir = await makeTemp();
  await copyFile(fixturePath('real/iris'), join(dir, 'm.onnx'));
  const settings = ['limits: { headersTimeoutMs: 3s, requestTimeoutMs: 5s }'];
  const head = [
    'apiVersion: mlserve.dev/v1',
    'name: svc',
    'version: 1.0.0',
    'models:',
    '  - { name: m, path: m.onnx }',
  ];
  await writeFile(join(dir, 'mlserve.yaml'), [...head, ...settings, ''].join('\n'));
  served = await startServer(dir, ['--log-format', 'json']);
  port = Number(new URL(served.url).port);
});

afterAll(() => {
  served.process.kill('SIGKILL');
  if (isMeasured) process.stdout.write(`${[`Node ${process.version}`, ...lines].join('\n')}\n`);
});

describe.skipIf(process.platform !== 'linux')('a service', () => {
  it('answers /livez when nobody troubles it', async () => {
    const [livez] = await livezDuring(port, () => new Promise((wake) => setTimeout(wake, MS)));
    lines.push(livezLine('nothing', livez, 'the same service at rest'));
    expect(livez.failed).toBe(0);
  });

  it.each(ATTACKS)('stays healthy under $name', { timeout: 120_000 }, async ({ name, run }) => {
    const most = Math.min(MOST, mostFiles());
    const [livez, detail] = await livezDuring(port, () => run({ port, ms: MS, most }));
    lines.push(livezLine(name, livez, detail));
    expect(livez.failed).toBe(0);
    expect(livez.p99).toBeLessThan(P99_MS);
    const answer = await fetch(`${served.url}/predict`, { method: 'POST', body: BODY });
    expect(answer.status).toBe(200);
    expect((await fetch(`${served.url}/readyz`)).status).toBe(200);
  });

  it('has not grown beyond measure, nor logged what was no failure as one', async () => {
    lines.push(`memory of the service afterwards: ${rss().toFixed(0)} MB`);
    expect(rss()).toBeLessThan(700);
    expect(served.log()).not.toMatch(/"level":"error"/);
  });

  it('stops with 0', async () => {
    expect(await served.stop()).toBe(0);
  });
});

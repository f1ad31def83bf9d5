/**
 * Slow and hostile clients against a running service: it stays healthy, and `/livez` answers. `npm run reliability` takes longer, prints the
 * figures of docs/reliability.md and holds /livez to its limit; as part of all tests it is short, and only asks for answers: neighbours slow the clock.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { bareEnv, CLI } from '../support/run-cli.ts';
import { type Served, startServer } from '../support/served.ts';
import { makeTemp, tempFolder } from '../support/temp.ts';
import { ATTACKS } from './attacks.ts';
import { LIVEZ_HEAD, livezDuring, livezLine, p99Bar } from './livez.ts';

const isMeasured = process.env.MLSERVE_RELIABILITY !== undefined;
const [MS, MOST] = isMeasured ? [8000, 10_000] : [1500, 1000];
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
    if (isMeasured) expect(livez.p99).toBeLessThan(p99Bar());
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

describe.skipIf(process.platform !== 'linux')('a service that may open few files', () => {
  it('lets its idle connections go, and answers', async () => {
    const dir = await tempFolder();
    await copyFile(fixturePath('real/iris'), join(dir, 'm.onnx'));
    const command = `ulimit -n 250; exec "${process.execPath}" "${CLI}" serve m.onnx --port 0`;
    const child = spawn('sh', ['-c', command], { cwd: dir, env: bareEnv() });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (more) => (text += more));
    try {
      await expect.poll(() => text, { timeout: 20_000 }).toContain('is ready on');
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '';
      const idle = ATTACKS.find(({ name }) => name === 'idle connections');
      const [livez] = await livezDuring(Number(new URL(url).port), () =>
        (idle as (typeof ATTACKS)[number]).run({ port: Number(new URL(url).port), ms: 500, most: 600 }),
      );
      expect(livez.failed).toBe(0);
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

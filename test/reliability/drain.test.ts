/**
 * SIGTERM in the middle of load: what was accepted is answered, and the process ends with 0. Clients of several kinds, with kept connections and
 * with one for each request, ask as fast as they can. `npm run reliability` prints the figures of docs/reliability.md.
 */
import { once } from 'node:events';
import { copyFile, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { startServer } from '../support/served.ts';
import { tempFolder } from '../support/temp.ts';

const isMeasured = process.env.MLSERVE_RELIABILITY !== undefined;
const CLIENTS = 16;
const BEFORE_MS = isMeasured ? 3000 : 500;
const BODY = '{"inputs":{"float_input":[[5.1,3.5,1.4,0.2]]}}';

interface Tally {
  /** Answers by status. */
  readonly statuses: Map<number, number>;
  /** The port was closed when the connection was tried: nobody has taken the request. */
  refused: number;
  /** Cut in the middle, or never answered. */
  readonly failed: string[];
  /** Kept connections that the service had announced to close. */
  closes: number;
}

async function project(delayMs: number): Promise<string> {
  const dir = await tempFolder();
  await copyFile(fixturePath('real/iris'), join(dir, 'm.onnx'));
  const head = [
    'apiVersion: mlserve.dev/v1',
    'name: svc',
    'version: 1.0.0',
    'models:',
    '  - { name: m, path: m.onnx }',
  ];
  await writeFile(
    join(dir, 'mlserve.yaml'),
    [...head, `drain: { delayMs: ${delayMs}, timeoutMs: 10000 }`, ''].join('\n'),
  );
  return dir;
}

/** One client, until its first refusal or failure after the signal. */
async function client(url: string, agent: Agent, tally: Tally, isOver: () => boolean): Promise<void> {
  for (let isOpen = true; isOpen && !isOver(); ) {
    await new Promise<void>((done) => {
      const headers = { 'content-type': 'application/json', 'content-length': BODY.length };
      const sent = request(`${url}/predict`, { method: 'POST', agent, headers, timeout: 15_000 }, (answer) => {
        const { statusCode = 0 } = answer;
        tally.statuses.set(statusCode, (tally.statuses.get(statusCode) ?? 0) + 1);
        if (answer.headers.connection === 'close') tally.closes++;
        answer
          .resume()
          .once('end', done)
          .once('error', (error) => {
            tally.failed.push(`answer: ${error.message}`);
            done();
          });
      });
      sent.once('timeout', () => sent.destroy(new Error('no answer in 15 s')));
      sent.once('error', (error: NodeJS.ErrnoException) => {
        isOpen = false;
        if (error.code === 'ECONNREFUSED') tally.refused++;
        else tally.failed.push(`${error.code ?? error.message}${sent.reusedSocket ? ' on a kept connection' : ''}`);
        done();
      });
      sent.end(BODY);
    });
  }
}

describe('SIGTERM under load', () => {
  it.each([500, 0])(
    'answers all that was accepted, with %d ms for load balancers to notice, and ends with 0',
    { timeout: 60_000 },
    async (delayMs) => {
      const served = await startServer(await project(delayMs), ['--log-format', 'json']);
      const tally: Tally = { statuses: new Map(), refused: 0, failed: [], closes: 0 };
      let isOver = false;
      const kept = new Agent({ keepAlive: true });
      const fresh = new Agent({ keepAlive: false });
      const clients = Array.from({ length: CLIENTS }, (_, at) =>
        client(served.url, at % 4 === 0 ? fresh : kept, tally, () => isOver),
      );
      await new Promise((wake) => setTimeout(wake, BEFORE_MS));
      const exited = once(served.process, 'exit');
      const start = performance.now();
      served.process.kill('SIGTERM');
      if (delayMs > 0) {
        await expect
          .poll(async () => (await fetch(`${served.url}/readyz`)).status, { timeout: delayMs, interval: 10 })
          .toBe(503);
      }
      const [code] = await exited;
      const took = performance.now() - start;
      isOver = true;
      await Promise.all(clients);
      kept.destroy();
      const answered = [...tally.statuses.values()].reduce((sum, count) => sum + count, 0);
      if (isMeasured) {
        process.stdout.write(
          `| drain.delayMs ${delayMs} | ${answered} | ${tally.closes} | ${tally.failed.length} | ${tally.refused} | ${code} | ${took.toFixed(0)} |\n`,
        );
      }
      expect(tally.failed).toEqual([]);
      expect([...tally.statuses.keys()]).toEqual([200]);
      expect(answered).toBeGreaterThan(CLIENTS);
      expect(code).toBe(0);
      expect(took).toBeLessThan(delayMs + 10_000);
      // One line a request: the last of them are not lost.
      const lines = served.log().match(/"message":"request"/g) ?? [];
      expect(lines).toHaveLength(answered);
    },
  );
});

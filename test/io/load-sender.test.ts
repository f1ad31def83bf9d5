/** The sender of a load against a server that stalls, breaks or never answers: what each request is said to have come to. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSender } from '../../src/io/load-sender.ts';
import { arrivals } from '../../src/load/arrivals.ts';
import type { Sender } from '../../src/load/load.ts';
import { OUTCOME } from '../../src/load/shots.ts';

const REQUESTS = [
  { path: '/a', body: Buffer.from('{"a":1}') },
  { path: '/b', body: Buffer.from('{"b":22}') },
];

interface Opened {
  readonly sender: Sender;
  readonly controller: AbortController;
  /** So far. */
  connections(): number;
}

async function sender(listener: RequestListener, timeoutMs = 10_000, path = ''): Promise<Opened> {
  let connections = 0;
  const server = createServer(listener).on('connection', () => connections++);
  await new Promise<void>((open) => server.listen(0, '127.0.0.1', 8192, open));
  const { port } = server.address() as AddressInfo;
  const controller = new AbortController();
  const opened = await openSender({
    url: `http://127.0.0.1:${port}${path}`,
    headers: { 'content-type': 'application/json' },
    ca: undefined,
    timeoutMs,
    signal: controller.signal,
  });
  onTestFinished(() => {
    opened.close();
    server.closeAllConnections();
    server.close();
  });
  return { sender: opened, controller, connections: () => connections };
}

describe('the sender of a load', { timeout: 30_000 }, () => {
  it('sends each request in turn, once, over connections that it keeps', async () => {
    const seen: string[] = [];
    const { sender: opened, connections } = await sender(
      (request, response) => {
        let body = '';
        request.on('data', (chunk) => (body += chunk));
        request.on('end', () => {
          seen.push(`${request.method} ${request.url} ${request.headers['content-type']} ${body}`);
          response.end('ok');
        });
      },
      10_000,
      '/prefix',
    );
    const due = Float64Array.from({ length: 40 }, (_, at) => at * 10);
    const { status, latency, late } = await opened.open(REQUESTS, due);
    expect([...status]).toEqual(Array.from({ length: 40 }, () => 200));
    expect(seen.slice().sort()).toEqual(
      Array.from(
        { length: 40 },
        (_, at) => `POST /prefix/${at < 20 ? 'a' : 'b'} application/json {"${at < 20 ? 'a":1' : 'b":22'}}`,
      ),
    );
    expect(connections()).toBeLessThan(40);
    for (const at of due.keys()) {
      expect(late[at]).toBeGreaterThanOrEqual(0);
      expect(latency[at]).toBeGreaterThanOrEqual(late[at] ?? 0);
    }
  });

  it('counts from when a request was due, so that a stall is in the latency of all that were due in it', async () => {
    let until = 0;
    const { sender: opened } = await sender((request, response) => {
      until ||= performance.now() + 600;
      request.resume();
      setTimeout(() => response.end('ok'), Math.max(0, until - performance.now()));
    });
    const due = arrivals({ seed: 5, perSecond: 100, durationMs: 900 });
    const { latency, status } = await opened.open(REQUESTS, due);
    const [first = 0] = due;
    const stalled = [...due.keys()].filter((at) => (due[at] ?? 0) < first + 500);
    expect(stalled.length).toBeGreaterThan(20);
    // A client that waits for the answer before it sends the next would have seen one slow answer.
    for (const at of stalled) expect(latency[at]).toBeGreaterThan(first + 590 - (due[at] ?? 0));
    expect(new Set(status)).toEqual(new Set([200]));
  });

  it('tells of broken connections, of other statuses, and of what is not answered in time', async () => {
    let asked = 0;
    const { sender: opened } = await sender((request, response) => {
      request.resume();
      const turn = asked++ % 3;
      if (turn === 0) request.socket.destroy();
      else if (turn === 1) response.writeHead(503).end();
    }, 300);
    const { status } = await opened.open(REQUESTS, Float64Array.from([0, 50, 100, 150, 200, 250]));
    expect([...status]).toEqual([OUTCOME.broken, 503, OUTCOME.timeout, OUTCOME.broken, 503, OUTCOME.timeout]);
  });

  it('does not send more than may be under way, and says so', async () => {
    const { sender: opened } = await sender(() => {}, 4000);
    const due = new Float64Array(opened.most + 7);
    const { status } = await opened.open(REQUESTS, due);
    expect([...status].filter((code) => code === OUTCOME.unsent)).toHaveLength(7);
    expect([...status].filter((code) => code === OUTCOME.timeout)).toHaveLength(opened.most);
  });

  it('asks on some connections one after the other, and counts what is answered', async () => {
    let [underWay, most] = [0, 0];
    const { sender: opened, connections } = await sender((request, response) => {
      request.resume();
      most = Math.max(most, ++underWay);
      setTimeout(() => {
        underWay--;
        response.end('ok');
      }, 20);
    });
    const perSecond = await opened.closed(REQUESTS, { connections: 4, durationMs: 400 });
    expect(most).toBe(4);
    expect(connections()).toBe(4);
    expect(perSecond).toBeGreaterThan(10);
    expect(perSecond).toBeLessThanOrEqual(200);
  });

  it('ends at once when it is interrupted', async () => {
    const { sender: opened, controller } = await sender(() => {});
    const load = opened.open(REQUESTS, arrivals({ seed: 1, perSecond: 50, durationMs: 60_000 }));
    setTimeout(() => controller.abort(), 200);
    await expect(load).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

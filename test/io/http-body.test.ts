import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../src/io/http.ts';
import type { Listener } from '../../src/ports.ts';
import type { Response } from '../../src/server/contract.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const memory = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const answer = (status: number, body: string): Response => ({ status, headers: {}, body });

const open: Listener[] = [];
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close(0);
});

interface Started {
  readonly port: number;
  /** Bodies as the handler got them. */
  readonly bodies: Uint8Array[];
  /** Lets requests to `/slow` be answered, now and later. */
  readonly release: () => void;
}

async function start(limits: { maxBytes?: number; queueBytes?: number; connections?: number } = {}): Promise<Started> {
  const { maxBytes = 1000, queueBytes = 1e6, connections = 100 } = limits;
  const bodies: Uint8Array[] = [];
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const listener = await listen(
    {
      admit: () => ({ maxBytes }),
      async handle({ target, body }) {
        // The memory of a body lasts until the answer.
        bodies.push(Uint8Array.from(body));
        if (target === '/slow') await released;
        return answer(200, String(body.length));
      },
      refuse: (_head, status, message) => answer(status, message),
      drain() {},
    },
    { host: '127.0.0.1', port: 0, headersTimeoutMs: 5000, requestTimeoutMs: 20_000, queueBytes, connections },
  );
  open.push(listener);
  return { port: listener.port, bodies, release: () => release() };
}

const post = async (port: number, path: string, bytes: number): Promise<{ status: number; text: string }> => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: 'x'.repeat(bytes) });
  return { status: response.status, text: await response.text() };
};

describe('a body in very small chunks', () => {
  it('takes about the memory of its bytes while it arrives', async () => {
    const { port, bodies } = await start({ maxBytes: 1_000_000 });
    const socket = connect(port, '127.0.0.1');
    const answered = once(socket, 'data');
    const chunks = 200_000;
    const part = '1\r\nx\r\n'.repeat(chunks / 100);
    const before = memory();
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (let at = 0; at < 100; at++) await new Promise((written) => socket.write(part, written));
    // Nothing says when the other side has read everything; it has by then.
    await new Promise((later) => setTimeout(later, 500));
    const grown = memory() - before;
    socket.write('0\r\n\r\n');
    expect(String((await answered)[0])).toContain('200000');
    expect(bodies[0]).toHaveLength(chunks);
    expect(Buffer.from(bodies[0] ?? []).equals(Buffer.alloc(chunks, 'x'))).toBe(true);
    // 200 kB that arrived. A buffer for each chunk took 20 MB and more.
    expect(grown).toBeLessThan(5e6);
    socket.destroy();
  });

  it('arrives whole when its length is announced', async () => {
    const { port, bodies } = await start();
    const socket = connect(port, '127.0.0.1').setNoDelay();
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n');
    const answered = once(socket, 'data');
    for (const byte of '0123456789') {
      socket.write(byte);
      await new Promise((later) => setTimeout(later, 5));
    }
    await answered;
    expect(Buffer.from(bodies[0] ?? []).toString()).toBe('0123456789');
    socket.destroy();
  });
});

describe('bodies together', () => {
  it('are refused unread past the limit, until those before them are answered', async () => {
    const { port, bodies, release } = await start({ queueBytes: 1500 });
    const slow = post(port, '/slow', 1000);
    await expect.poll(() => bodies.length).toBe(1);
    const refused = await post(port, '/', 501);
    expect(refused.status).toBe(503);
    expect(refused.text).toContain('limits.queueBytes');
    expect((await post(port, '/', 500)).status).toBe(200);
    expect((await post(port, '/', 0)).status).toBe(200);
    release();
    expect(await slow).toEqual({ status: 200, text: '1000' });
    expect((await post(port, '/', 1000)).status).toBe(200);
    expect(bodies.map((body) => body.length)).toEqual([1000, 500, 0, 1000]);
  });

  it('count as they arrive when their length is not announced', async () => {
    const { port, bodies, release } = await start({ queueBytes: 1500 });
    const slow = post(port, '/slow', 1000);
    await expect.poll(() => bodies.length).toBe(1);
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    const chunk = `80\r\n${'x'.repeat(128)}\r\n`;
    const socket = connect(port, '127.0.0.1').setNoDelay();
    let text = '';
    socket.setEncoding('latin1').on('data', (part: string) => {
      text += part;
    });
    socket.write(head);
    for (let at = 0; at < 7; at++) {
      socket.write(chunk);
      await new Promise((later) => setTimeout(later, 10));
    }
    await expect.poll(() => text).toMatch(/^HTTP\/1\.1 503 /);
    // What it had taken is free again.
    expect((await post(port, '/', 500)).status).toBe(200);
    release();
    await slow;
    socket.destroy();
  });

  it('are given back when the client goes away before the end', async () => {
    const { port } = await start({ queueBytes: 1000 });
    const socket = connect(port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n'.concat('x'.repeat(999)));
    await expect.poll(async () => (await post(port, '/', 2)).status).toBe(503);
    socket.destroy();
    await expect.poll(async () => (await post(port, '/', 1000)).status).toBe(200);
  });

  it('do not count before they come', async () => {
    const { port } = await start({ queueBytes: 1000 });
    const socket = connect(port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx');
    await new Promise((later) => setTimeout(later, 50));
    expect((await post(port, '/', 999)).status).toBe(200);
    expect((await post(port, '/', 1000)).status).toBe(503);
    socket.destroy();
  });

  it('are not asked for with 100 Continue when there is no room', async () => {
    const { port, bodies, release } = await start({ queueBytes: 1000 });
    const slow = post(port, '/slow', 1000);
    await expect.poll(() => bodies.length).toBe(1);
    const socket = connect(port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n');
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 503 /);
    socket.destroy();
    release();
    await slow;
  });
});

describe('connections past the limit', () => {
  const ask = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
  const opened = async (port: number): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  const answered = async (socket: Socket): Promise<void> => {
    socket.write(ask);
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
  };

  it('take the place of the one that has been idle longest', async () => {
    const { port } = await start({ connections: 2 });
    const [first, second] = [await opened(port), await opened(port)];
    // It has asked since, so the second is idle for longer.
    await answered(first);
    const secondClosed = once(second, 'close');
    const third = await opened(port);
    await secondClosed;
    await answered(third);
    await answered(first);
    first.destroy();
    third.destroy();
  });

  it('are closed unanswered when all others are busy', async () => {
    const { port, release } = await start({ connections: 2 });
    const busy = [await opened(port), await opened(port)];
    for (const socket of busy) socket.write(ask.replace('/', '/slow'));
    await new Promise((wake) => setTimeout(wake, 100));
    const third = connect(port, '127.0.0.1').on('error', () => {});
    await once(third, 'close');
    release();
    for (const socket of busy) {
      expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
      socket.destroy();
    }
  });
});

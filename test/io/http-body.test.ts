import { once } from 'node:events';
import { connect } from 'node:net';
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

/** A server that keeps the bodies it gets. */
async function start(maxBytes: number): Promise<{ port: number; bodies: Uint8Array[] }> {
  const bodies: Uint8Array[] = [];
  const listener = await listen(
    {
      admit: () => ({ maxBytes }),
      async handle({ body }) {
        bodies.push(body);
        return answer(200, String(body.length));
      },
      refuse: (_head, status, message) => answer(status, message),
      drain() {},
    },
    { host: '127.0.0.1', port: 0, headersTimeoutMs: 5000, requestTimeoutMs: 20_000 },
  );
  open.push(listener);
  return { port: listener.port, bodies };
}

describe('a body in very small chunks', () => {
  it('takes about the memory of its bytes while it arrives', async () => {
    const { port, bodies } = await start(1_000_000);
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
    const { port, bodies } = await start(1000);
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

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MlserveError } from '../../src/errors.ts';
import { listen } from '../../src/io/http.ts';
import { findPortHolder } from '../../src/io/port-holder.ts';
import type { Listener } from '../../src/ports.ts';
import type { Handler, Request, Response } from '../../src/server/contract.ts';

const MAX = 1000;
const IDENTITY = { 'X-Model-Name': 'm', 'X-Model-Digest': 'sha256:00' };
const answer = (status: number, body: string): Response => ({
  status,
  headers: { 'Content-Type': 'application/json', ...IDENTITY },
  body,
});

interface Seen {
  readonly handled: Request[];
  readonly refused: [status: number, message: string][];
}

/** Echoes bodies; `/slow` answers when `release` is called; `/closed` is never admitted. */
function echo(): { handler: Handler; seen: Seen; release: () => void } {
  const seen: Seen = { handled: [], refused: [] };
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const handler: Handler = {
    admit: ({ target, headers }) => {
      if (target === '/closed') return answer(404, '{"error":"Not Found"}');
      return Number(headers['content-length']) > MAX ? answer(413, '{"error":"too large"}') : { maxBytes: MAX };
    },
    async handle(request) {
      seen.handled.push(request);
      if (request.target === '/slow') await released;
      return answer(200, `{"got":${request.body.length}}`);
    },
    refuse(_head, status, message) {
      seen.refused.push([status, message]);
      return answer(status, JSON.stringify({ error: message }));
    },
    drain() {},
  };
  return { handler, seen, release: () => release() };
}

const open: Listener[] = [];
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close(0);
});

async function start(timeouts: { headersTimeoutMs?: number; requestTimeoutMs?: number } = {}) {
  const parts = echo();
  const listener = await listen(parts.handler, {
    host: '127.0.0.1',
    port: 0,
    headersTimeoutMs: 5000,
    requestTimeoutMs: 5000,
    queueBytes: 1_000_000,
    connections: 100,
    ...timeouts,
  });
  open.push(listener);
  return { ...parts, listener, url: `http://127.0.0.1:${listener.port}` };
}

/** Writes bytes as they are; resolves with everything that came back once the server closed. */
async function raw(port: number, ...parts: (string | number)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  for (const part of parts) {
    if (typeof part === 'number') await new Promise((resolve) => setTimeout(resolve, part));
    else if (!socket.destroyed) socket.write(part, 'latin1');
  }
  await closed;
  return text;
}

const received = (socket: Socket, pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk;
      if (pattern.test(text)) resolve(text);
    });
    socket.once('close', () => reject(new Error(`closed after ${JSON.stringify(text)}`)));
  });

describe('requests over HTTP', () => {
  it('reach the handler with their bytes, however they are cut', async () => {
    const { url, seen, listener } = await start();
    const body = 'é'.repeat(200);
    const response = await fetch(`${url}/x?y=1`, { method: 'POST', body, headers: { 'X-Request-Id': 'r1' } });
    expect([response.status, response.headers.get('x-model-name'), await response.text()]).toEqual([
      200,
      'm',
      '{"got":400}',
    ]);
    const pieces = [...'hello'].flatMap((char) => [`1\r\n${char}\r\n`, 5]);
    const text = await raw(
      listener.port,
      'POST /chunked HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n',
      ...pieces,
      '0\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\{"got":5\}$/);
    expect(seen.handled.map(({ method, target }) => `${method} ${target}`)).toEqual(['POST /x?y=1', 'POST /chunked']);
    expect(seen.handled[0]?.headers['x-request-id']).toBe('r1');
    expect(Buffer.from(seen.handled[0]?.body ?? '').toString()).toBe(body);
  });

  it('are answered one after another on a kept connection', async () => {
    const { listener } = await start();
    const one = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab';
    const text = await raw(listener.port, one, one, one.replace('Host', 'Connection: close\r\nHost'));
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
    expect(text).toMatch(/Content-Length: 9/);
  });

  it('get no body for HEAD, but its length', async () => {
    const { listener } = await start();
    const text = await raw(listener.port, 'HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(text).toMatch(/Content-Length: 9\r\n/);
    expect(text.endsWith('\r\n\r\n')).toBe(true);
  });

  it('with Expect: 100-continue are asked for their body only when admitted', async () => {
    const { listener, seen } = await start();
    const head = (path: string, expectation: string) =>
      `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: ${expectation}\r\nConnection: close\r\n\r\n`;
    expect(await raw(listener.port, head('/', '100-continue'), 50, 'ab')).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/,
    );
    const refused = await raw(listener.port, head('/closed', '100-continue'), 1200);
    expect(refused).toMatch(/^HTTP\/1\.1 404 Not Found/);
    expect(refused).not.toContain('100 Continue');
    expect(await raw(listener.port, head('/', 'a-pony'), 1200)).toMatch(/^HTTP\/1\.1 417 [\s\S]*X-Model-Name: m/);
    expect(seen.handled).toHaveLength(1);
  });

  it('tell the handler when the client goes away', async () => {
    const { listener, seen, release } = await start();
    const socket = connect(listener.port, '127.0.0.1');
    socket.write('POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    await expect.poll(() => seen.handled.length).toBe(1);
    expect(seen.handled[0]?.signal.aborted).toBe(false);
    socket.destroy();
    await expect.poll(() => seen.handled[0]?.signal.aborted).toBe(true);
    release();
  });
});

describe('bodies past the limit', () => {
  it('announced by Content-Length are refused before they are read, and the client sees the answer', async () => {
    const { listener, seen } = await start();
    const length = 50_000_000;
    const text = await raw(
      listener.port,
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`,
      'x'.repeat(300_000),
      100,
      'x'.repeat(300_000),
    );
    expect(text).toMatch(/^HTTP\/1\.1 413 [\s\S]*Connection: close[\s\S]*\{"error":"too large"\}$/);
    expect(seen.handled).toHaveLength(0);
  });

  it('that come in chunks are refused as soon as they are too large', async () => {
    const { listener, seen } = await start();
    const chunk = `100\r\n${'x'.repeat(256)}\r\n`;
    const text = await raw(
      listener.port,
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n',
      ...Array(20).fill(chunk),
      1200,
    );
    expect(text).toMatch(/^HTTP\/1\.1 413 [\s\S]*X-Model-Name: m[\s\S]*larger than 1000 bytes/);
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(seen.handled).toHaveLength(0);
  });

  it('of a refused path are small enough to pass over: the connection is kept', async () => {
    const { listener } = await start();
    const text = await raw(
      listener.port,
      'POST /closed HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 404 [\s\S]*HTTP\/1\.1 200 OK/);
  });
});

describe('what is not HTTP', () => {
  const bad: readonly [what: string, bytes: string, status: number][] = [
    ['garbage', 'GARBAGE\r\n\r\n', 400],
    ['a bad version', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n', 400],
    [
      'Content-Length and Transfer-Encoding together',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['two Content-Lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello', 400],
    ['an unknown Transfer-Encoding', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n', 400],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\nTransfer-Encoding : chunked\r\n\r\n', 400],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', 400],
    ['a control byte in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX: \x01\x00\r\n\r\n', 400],
    [
      'a bad chunk size',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n',
      400,
    ],
    ['CONNECT', 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n', 405],
    ['no Host header', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['headers of more than 16 KiB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ];
  it.each(bad)('%s is refused with our headers, and nothing is handled', async (_what, bytes, status) => {
    const { listener, seen, url } = await start();
    const text = await raw(listener.port, bytes);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text).toMatch(/X-Model-Digest: sha256:00\r\n/);
    const [, body = ''] = text.split('\r\n\r\n');
    expect(JSON.parse(body)).toEqual({ error: expect.any(String) });
    expect(seen.handled).toHaveLength(0);
    expect((await fetch(url)).status).toBe(200);
  });
});

describe('slow clients', () => {
  it('get 408 when the head does not arrive in time', async () => {
    const { listener } = await start({ headersTimeoutMs: 200 });
    const started = performance.now();
    const text = await raw(listener.port, 'GET / HTTP/1.1\r\nHost: a\r\n', 100, 'X: y\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 408 [\s\S]*X-Model-Name: m/);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('get 408 when the body does not arrive in time', async () => {
    const { listener, seen } = await start({ headersTimeoutMs: 200, requestTimeoutMs: 300 });
    const text = await raw(listener.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe', 100, 'l');
    expect(text).toMatch(/^HTTP\/1\.1 408 [\s\S]*X-Model-Name: m/);
    expect(seen.handled).toHaveLength(0);
  });
});

describe('a client that does not read its answer', () => {
  it('is cut when the time is over that the answer is worth', async () => {
    const size = 16_000_000;
    let signal: AbortSignal | undefined;
    const handler: Handler = {
      ...echo().handler,
      handle: async (request) => {
        signal = request.signal;
        return answer(200, 'x'.repeat(size));
      },
    };
    const listener = await listen(handler, {
      ...{ host: '127.0.0.1', port: 0, headersTimeoutMs: 5000, requestTimeoutMs: 5000 },
      ...{ queueBytes: 100_000_000, connections: 10 },
    });
    open.push(listener);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const socket = connect(listener.port, '127.0.0.1')
        .pause()
        .on('error', () => {});
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      while (signal === undefined) await new Promise((wake) => setImmediate(wake));
      await new Promise((wake) => setImmediate(wake));
      vi.advanceTimersByTime(5000 + size / 100 - 1);
      await new Promise((wake) => setImmediate(wake));
      expect(signal?.aborted).toBe(false);
      vi.advanceTimersByTime(1000);
      for (let turn = 0; turn < 100 && !signal?.aborted; turn++) await new Promise((wake) => setImmediate(wake));
      expect(signal?.aborted).toBe(true);
      socket.destroy();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('closing', () => {
  it('finishes what is in flight, cuts idle connections, takes no new ones', async () => {
    const { listener, seen, release, url } = await start();
    const idle = connect(listener.port, '127.0.0.1');
    idle.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await received(idle, /\{"got":0\}/);
    const idleClosed = once(idle, 'close');
    const busy = connect(listener.port, '127.0.0.1');
    const answered = received(busy, /\{"got":2\}/);
    busy.write('POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab');
    await expect.poll(() => seen.handled.length).toBe(2);
    const closed = listener.close(5000);
    await idleClosed;
    await expect(fetch(url)).rejects.toThrow();
    release();
    expect(await answered).toMatch(/Connection: close/);
    await closed;
  });

  it('cuts what is still running when the time is over', async () => {
    const { listener, seen } = await start();
    const text = raw(listener.port, 'POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    await expect.poll(() => seen.handled.length).toBe(1);
    const started = performance.now();
    await listener.close(200);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(await text).toBe('');
  });

  it('does not wait for a connection that never asks', async () => {
    const { listener } = await start();
    const silent = connect(listener.port, '127.0.0.1');
    await once(silent, 'connect');
    const started = performance.now();
    await listener.close(30_000);
    expect(performance.now() - started).toBeLessThan(3000);
    silent.destroy();
  });
});

describe('a port that cannot be opened', () => {
  const options = { headersTimeoutMs: 1000, requestTimeoutMs: 1000, queueBytes: 1000, connections: 10 };
  const failure = async (host: string, port: number): Promise<MlserveError> => {
    const error = await listen(echo().handler, { host, port, ...options }).catch((thrown: unknown) => thrown);
    if (!(error instanceof MlserveError)) throw new Error('it could be opened');
    return error;
  };

  it.skipIf(process.platform !== 'linux')('names the process that holds it', async () => {
    const script = "const s=require('net').createServer().listen(0,'127.0.0.1',()=>console.log(s.address().port))";
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [chunk] = await once(child.stdout, 'data');
      const port = Number(String(chunk));
      expect(await findPortHolder(port)).toEqual({
        pid: child.pid,
        command: expect.stringContaining("require('net')"),
      });
      const error = await failure('127.0.0.1', port);
      expect(error.code).toBe('PORT_IN_USE');
      expect(error.message).toContain(`process ${child.pid} (`);
      expect(error.hint).toContain('--port');
    } finally {
      child.kill();
    }
  });

  it('finds no holder of a free port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    expect(await findPortHolder(port)).toBeUndefined();
  });

  it('says that an address is not of this machine', async () => {
    const error = await failure('192.0.2.1', 0);
    expect([error.code, error.where]).toEqual(['CONFIG_INVALID', '192.0.2.1:0']);
  });
});

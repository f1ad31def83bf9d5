import { once } from 'node:events';
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../src/io/http.ts';
import type { Listener } from '../../src/ports.ts';
import { codingOf } from '../../src/server/content-coding.ts';
import type { Handler, Request } from '../../src/server/contract.ts';

const MAX = 100_000;
const TEXT = 'what is said often, what is said often, '.repeat(100);
const TEXT_BYTES = Buffer.from(TEXT);

let open: Listener | undefined;
afterEach(async () => {
  await open?.close(0);
});

/** Keeps what it was sent; answers the text, or as many bytes as the path says. */
async function start(queueBytes = 10_000_000) {
  const handled: Request[] = [];
  const refused: [status: number, message: string][] = [];
  const headers = { 'Content-Type': 'text/plain' };
  const handler: Handler = {
    admit: ({ headers: sent }) => {
      const coding = codingOf(sent['content-encoding']);
      return { maxBytes: MAX, coding: coding === 'identity' ? undefined : coding };
    },
    async handle(request) {
      // The memory of a body lasts until the answer.
      handled.push({ ...request, body: Uint8Array.from(request.body) });
      const size = Number(request.target.slice(1));
      if (request.target === '/blobs') {
        return { status: 200, headers, body: 'json', blobs: [TEXT_BYTES, Buffer.from('end')] };
      }
      if (request.target === '/varied') return { status: 200, headers: { ...headers, Vary: 'Origin' }, body: TEXT };
      return { status: 200, headers, body: size > 0 ? 'x'.repeat(size) : TEXT };
    },
    refuse(_head, status, message) {
      refused.push([status, message]);
      return { status, headers, body: message };
    },
    drain() {},
  };
  const timeouts = { headersTimeoutMs: 5000, requestTimeoutMs: 5000 };
  open = await listen(handler, { host: '127.0.0.1', port: 0, ...timeouts, queueBytes, connections: 100 });
  return { handled, refused, port: open.port };
}

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly pieces?: readonly Uint8Array[];
  readonly agent?: Agent;
}
function begin(port: number, { path = '/', method = 'POST', headers = {}, agent }: Sent): ClientRequest {
  return httpRequest({ port, host: '127.0.0.1', path, method, headers, agent: agent ?? false });
}
async function answerOf(request: ClientRequest) {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}
async function send(port: number, sent: Sent) {
  const request = begin(port, sent);
  const answer = answerOf(request);
  for (const piece of sent.pieces ?? []) request.write(piece);
  request.end();
  return await answer;
}

describe('a compressed request', () => {
  it.each([
    ['gzip', gzipSync(TEXT)],
    ['x-gzip', gzipSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['gzip', Buffer.concat([gzipSync(TEXT.slice(0, 1000)), gzipSync(TEXT.slice(1000))])],
    ['identity', TEXT_BYTES],
  ])('with %s reaches the handler as it was, in one piece or in many', async (coding, bytes) => {
    const { port, handled } = await start();
    const headers = { 'Content-Encoding': coding };
    const bits = Array.from(bytes, (byte) => Uint8Array.of(byte));
    for (const pieces of [[bytes], bits]) {
      expect((await send(port, { headers, pieces })).status).toBe(200);
      expect(
        (await send(port, { headers: { ...headers, 'Content-Length': String(bytes.length) }, pieces })).status,
      ).toBe(200);
    }
    expect(handled.map(({ body }) => Buffer.from(body).toString())).toEqual(Array(4).fill(TEXT));
  });

  it('may be as large as the limit, and not a byte larger', async () => {
    const { port, handled } = await start();
    const ask = (size: number) =>
      send(port, { headers: { 'Content-Encoding': 'gzip' }, pieces: [gzipSync(Buffer.alloc(size, 7))] });
    expect((await ask(MAX)).status).toBe(200);
    expect(handled[0]?.body.every((byte) => byte === 7)).toBe(true);
    const answer = await ask(MAX + 1);
    expect([answer.status, answer.body.toString()]).toEqual([
      413,
      `the body is larger than ${MAX} bytes (limits.bodyBytes)`,
    ]);
  });

  it('that grows a thousandfold is refused before it has all arrived', async () => {
    const { port, handled } = await start();
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    const request = begin(port, { headers: { 'Content-Encoding': 'gzip', 'Content-Length': String(bomb.length) } });
    request.on('error', () => {});
    request.write(bomb.subarray(0, 2000));
    expect((await answerOf(request)).status).toBe(413);
    request.destroy();
    expect(handled).toEqual([]);
  });

  it('that grows to nothing is refused by what arrives', async () => {
    const { port } = await start();
    const member = gzipSync('');
    const pieces = Array<Uint8Array>(100).fill(Buffer.concat(Array(100).fill(member)));
    const answer = await send(port, { headers: { 'Content-Encoding': 'gzip' }, pieces }).catch(() => undefined);
    expect(answer?.status ?? 413).toBe(413);
    expect((await send(port, {})).status).toBe(200);
  });

  it.each([
    ['gzip', 'cut short', gzipSync(TEXT).subarray(0, -5)],
    ['gzip', 'damaged', Buffer.concat([gzipSync(TEXT).subarray(0, 20), Buffer.alloc(80, 0xa5)])],
    ['gzip', 'plain text', TEXT_BYTES],
    ['gzip', 'zlib', deflateSync(TEXT)],
    ['deflate', 'gzip', gzipSync(TEXT)],
    ['deflate', 'deflate without its zlib frame', deflateRawSync(TEXT)],
    ['deflate', 'cut short', deflateSync(TEXT).subarray(0, -5)],
  ])('with %s that is %s is a 400', async (coding, _what, bytes) => {
    const { port, handled, refused } = await start();
    const agent = new Agent({ keepAlive: true });
    for (const pieces of [[bytes], Array.from(bytes.subarray(0, 300), (byte) => Uint8Array.of(byte))]) {
      const answer = await send(port, { headers: { 'Content-Encoding': coding }, pieces, agent });
      expect([answer.status, answer.body.toString()]).toEqual([
        400,
        `the body is not valid ${coding}, which its Content-Encoding says it is`,
      ]);
    }
    expect(handled).toEqual([]);
    expect(refused.length).toBe(2);
    expect((await send(port, { agent })).status).toBe(200);
    agent.destroy();
  });

  it('is given up when its client goes away, and gives back its room', async () => {
    const { port, handled } = await start(300_000);
    for (let round = 0; round < 5; round++) {
      const going = Array.from({ length: 2 }, () => {
        const request = begin(port, { headers: { 'Content-Encoding': 'gzip' } });
        request.on('error', () => {}).write(gzipSync(TEXT).subarray(0, 30));
        return request;
      });
      // Two decompressions take up the room.
      await expect
        .poll(
          async () => (await send(port, { headers: { 'Content-Encoding': 'gzip' }, pieces: [gzipSync('x')] })).status,
        )
        .toBe(503);
      for (const request of going) request.destroy();
      await expect
        .poll(
          async () => (await send(port, { headers: { 'Content-Encoding': 'gzip' }, pieces: [gzipSync('x')] })).status,
        )
        .toBe(200);
    }
    expect(handled.every(({ body }) => body.length === 1)).toBe(true);
  });
});

describe('an answer', () => {
  const ask = async (path: string, accept: string | undefined, method = 'POST') => {
    const { port } = await start();
    return await send(port, { path, method, headers: accept === undefined ? {} : { 'Accept-Encoding': accept } });
  };

  it('is compressed as the client weighs it', async () => {
    for (const [accept, coding] of [
      ['gzip', 'gzip'],
      ['deflate', 'deflate'],
      ['gzip;q=0.1, deflate', 'deflate'],
    ] as const) {
      const { status, headers, body } = await ask('/', accept);
      expect([status, headers['content-encoding'], headers.vary]).toEqual([200, coding, 'Accept-Encoding']);
      expect(headers['content-length']).toBe(String(body.length));
      expect(body.length).toBeLessThan(TEXT.length / 10);
      expect((coding === 'gzip' ? gunzipSync(body) : inflateSync(body)).toString()).toBe(TEXT);
    }
  });

  it('is plain, and says that it depends on the client, where the client does not ask', async () => {
    for (const accept of [undefined, 'br', 'identity, gzip;q=0.5', 'gzip;q=0']) {
      const { headers, body } = await ask('/', accept);
      expect(headers['content-encoding']).toBeUndefined();
      expect(headers.vary).toBe('Accept-Encoding');
      expect(body.toString()).toBe(TEXT);
    }
  });

  it('is plain whatever the client says where it is small, or does not get smaller', async () => {
    const small = await ask('/1023', 'gzip');
    expect([small.headers['content-encoding'], small.headers.vary, small.body.length]).toEqual([
      undefined,
      undefined,
      1023,
    ]);
    expect((await ask('/1024', 'gzip')).headers['content-encoding']).toBe('gzip');
  });

  it('keeps what else it depends on', async () => {
    expect((await ask('/varied', 'gzip')).headers.vary).toBe('Origin, Accept-Encoding');
  });

  it('with bytes after its text is sent and compressed as one', async () => {
    const whole = `json${TEXT}end`;
    const plain = await ask('/blobs', undefined);
    expect([plain.headers['content-length'], plain.body.toString()]).toEqual([String(whole.length), whole]);
    expect(gunzipSync((await ask('/blobs', 'gzip')).body).toString()).toBe(whole);
  });

  it('to HEAD has no body', async () => {
    const { status, headers, body } = await ask('/', 'gzip', 'HEAD');
    expect([status, headers['content-encoding'], headers['content-length'], body.length]).toEqual([
      200,
      undefined,
      String(TEXT.length),
      0,
    ]);
  });
});

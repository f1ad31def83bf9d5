/** Requests that two servers in a row might cut differently: each gets one refusal and the end of its connection, and nothing behind it is served. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../src/io/http.ts';
import type { Listener } from '../../src/ports.ts';

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
const targets: string[] = [];
let listener: Listener;

beforeAll(async () => {
  const answer = (status: number, body: string) => ({ status, headers: {}, body });
  listener = await listen(
    {
      admit: ({ target }) => {
        targets.push(target);
        return { maxBytes: 1000 };
      },
      handle: async ({ body }) => answer(200, `got ${body.length}`),
      refuse: (_head, status, message) => answer(status, message),
      drain() {},
    },
    { host: '127.0.0.1', port: 0, headersTimeoutMs: 1000, requestTimeoutMs: 1500, queueBytes: 1e6, connections: 100 },
  );
});
afterAll(() => listener.close(0));

async function answersTo(bytes: string): Promise<readonly string[]> {
  const socket = connect(listener.port, '127.0.0.1').on('error', () => {});
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status);
}

const post = (headers: string, body: string): string => `POST /outer HTTP/1.1\r\nHost: a\r\n${headers}\r\n${body}`;
const TE = 'Transfer-Encoding: chunked\r\n';

describe('a request with', () => {
  it.each<[string, string]>([
    ['Content-Length and Transfer-Encoding', post(`Content-Length: 6\r\n${TE}`, `0\r\n\r\n${SMUGGLED}`)],
    ['the two in the other order', post(`${TE}Content-Length: 6\r\n`, `0\r\n\r\n${SMUGGLED}`)],
    ['two Content-Lengths', post('Content-Length: 0\r\nContent-Length: 38\r\n', SMUGGLED)],
    ['two equal Content-Lengths', post('Content-Length: 0\r\nContent-Length: 0\r\n', SMUGGLED)],
    ['a list of Content-Lengths', post('Content-Length: 0, 0\r\n', SMUGGLED)],
    ['a signed Content-Length', post('Content-Length: +0\r\n', SMUGGLED)],
    ['a negative Content-Length', post('Content-Length: -1\r\n', SMUGGLED)],
    ['a hexadecimal Content-Length', post('Content-Length: 0x0\r\n', SMUGGLED)],
    ['a Content-Length beyond 64 bits', post('Content-Length: 18446744073709551617\r\n', `a${SMUGGLED}`)],
    ['an empty Content-Length', post('Content-Length: \r\n', SMUGGLED)],
    ['an unknown Transfer-Encoding', post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${SMUGGLED}`)],
    ['chunked not last', post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${SMUGGLED}`)],
    ['two Transfer-Encodings', post(`${TE}Transfer-Encoding: identity\r\n`, `0\r\n\r\n${SMUGGLED}`)],
    ['a vertical tab before chunked', post('Transfer-Encoding: \x0bchunked\r\n', `0\r\n\r\n${SMUGGLED}`)],
    ['a space before the colon', post('Transfer-Encoding : chunked\r\n', `0\r\n\r\n${SMUGGLED}`)],
    ['a folded header', post('X: a\r\n Transfer-Encoding: chunked\r\n', SMUGGLED)],
    ['a folded first header', `POST /outer HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n${SMUGGLED}`],
    ['line feeds alone', `POST /outer HTTP/1.1\nHost: a\nContent-Length: 0\n\n${SMUGGLED}`],
    ['a line feed alone after a header', post('X: a\nContent-Length: 0\r\n', SMUGGLED)],
    ['a carriage return alone in a header', post('X: a\rContent-Length: 5\r\n', SMUGGLED)],
    ['a NUL in a header', post('X: a\x00b\r\n', SMUGGLED)],
    ['a header without a name', post(': a\r\n', SMUGGLED)],
    ['a header without a colon', post('Content-Length 5\r\n', SMUGGLED)],
    ['a space in a header name', post('Content Length: 5\r\n', SMUGGLED)],
    ['two Hosts', `GET /outer HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${SMUGGLED}`],
    ['a Host with a path', `GET /outer HTTP/1.1\r\nHost: a/b\r\n\r\n${SMUGGLED}`],
    ['a chunk size beyond 64 bits', post(TE, `10000000000000000\r\na\r\n0\r\n\r\n${SMUGGLED}`)],
    ['a chunk size of 0x', post(TE, `0x1\r\na\r\n0\r\n\r\n${SMUGGLED}`)],
    ['a negative chunk size', post(TE, `-1\r\na\r\n0\r\n\r\n${SMUGGLED}`)],
    ['a line feed alone after a chunk size', post(TE, `1\na\r\n0\r\n\r\n${SMUGGLED}`)],
    ['a line feed alone in a chunk extension', post(TE, `1;x\na\r\n0\r\n\r\n${SMUGGLED}`)],
    ['no line end after a chunk', post(TE, `1\r\nab\r\n0\r\n\r\n${SMUGGLED}`)],
    ['a version that is none', `GET /outer HTTP/1.2\r\nHost: a\r\n\r\n${SMUGGLED}`],
    ['no version', `GET /outer\r\nHost: a\r\n\r\n${SMUGGLED}`],
    ['a tab in its first line', `GET\t/outer HTTP/1.1\r\nHost: a\r\n\r\n${SMUGGLED}`],
    ['the first line of HTTP/2', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${SMUGGLED}`],
  ])('%s is refused, and nothing behind it is served', async (_what, bytes) => {
    targets.length = 0;
    const statuses = await answersTo(bytes);
    expect(statuses).toHaveLength(1);
    expect(statuses[0]).toMatch(/^4\d\d$/);
    expect(targets).not.toContain('/smuggled');
  });
});

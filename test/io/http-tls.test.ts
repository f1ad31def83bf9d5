/** The HTTP port with TLS: who is there, credentials replaced while connections last, and bytes that are no TLS. */
import { once } from 'node:events';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { MlserveError } from '../../src/errors.ts';
import { listen } from '../../src/io/http.ts';
import type { Listener } from '../../src/ports.ts';
import { type TlsCredentials, tlsCredentials } from '../../src/server/auth/tls-credentials.ts';
import type { Handler, Peer } from '../../src/server/contract.ts';
import { pem } from '../support/tls-files.ts';

const credentials = (name: string, hasClients = false): TlsCredentials =>
  tlsCredentials({
    cert: { path: 'cert', text: pem(`${name}.cert`) },
    key: { path: 'key', text: pem(`${name}.key`) },
    clientCa: hasClients ? { path: 'ca', text: pem('authority.cert') } : undefined,
  });

const open: Listener[] = [];
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close(0);
});

async function start(tls: TlsCredentials, connections = 100) {
  const peers: (Peer | undefined)[] = [];
  const answer = (status: number, body: string) => ({ status, headers: {}, body });
  const handler: Handler = {
    admit: ({ peer }) => {
      peers.push(peer);
      return { maxBytes: 1000 };
    },
    handle: async ({ body }) => answer(200, `got ${body.length}`),
    refuse: (_head, status, message) => answer(status, message),
    drain() {},
  };
  const limits = { headersTimeoutMs: 500, requestTimeoutMs: 5000, queueBytes: 1e6, connections };
  const listener = await listen(handler, { host: '127.0.0.1', port: 0, tls, ...limits });
  open.push(listener);
  return { listener, port: listener.port, peers };
}

const dial = async (port: number, more: object = {}): Promise<TLSSocket> => {
  const socket = connect({ host: '127.0.0.1', port, ca: pem('authority.cert'), ...more }).on('error', () => {});
  await once(socket, 'secureConnect');
  return socket;
};
const nameOf = (socket: TLSSocket): string => socket.getPeerX509Certificate()?.subject ?? '';
const ask = async (socket: TLSSocket): Promise<string> => {
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab');
  return String((await once(socket, 'data'))[0]);
};

describe('the port with TLS', () => {
  it('answers clients who know its authority', async () => {
    const { port, peers } = await start(credentials('server'));
    const status = await new Promise((done, fail) => {
      const options = { host: '127.0.0.1', port, ca: pem('authority.cert'), method: 'POST' };
      request(options, (response) => done(response.resume().statusCode))
        .on('error', fail)
        .end('hello');
    });
    expect(status).toBe(200);
    expect(peers).toEqual([{ address: '127.0.0.1', certificate: 'none' }]);
  });

  it('shows a renewed certificate to new connections, and drops none of the old', async () => {
    const { listener, port } = await start(credentials('server'));
    const old = await dial(port);
    expect(nameOf(old)).toBe('CN=first server');
    listener.replaceTls(credentials('renewed'));
    const fresh = await dial(port);
    expect(nameOf(fresh)).toBe('CN=renewed server');
    expect(await ask(old)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask(fresh)).toMatch(/^HTTP\/1\.1 200 /);
    old.destroy();
    fresh.destroy();
  });

  it.each([
    ['none', {}],
    ['trusted', { cert: pem('client.cert'), key: pem('client.key') }],
    ['untrusted', { cert: pem('intruder.cert'), key: pem('intruder.key') }],
  ])('knows that a client’s certificate is %s, and so when the session is taken up again', async (expected, own) => {
    const { port, peers } = await start(credentials('server', true));
    for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const) {
      const first = await dial(port, { ...own, maxVersion });
      expect(await ask(first)).toMatch(/^HTTP\/1\.1 200 /);
      const again = await dial(port, { ...own, maxVersion, session: first.getSession() });
      expect(again.isSessionReused()).toBe(true);
      await ask(again);
      first.destroy();
      again.destroy();
    }
    expect(peers.map((peer) => peer?.certificate)).toEqual(Array(4).fill(expected));
  });

  it('is not taken in by a session whose client shows its certificate no more', async () => {
    const { port, peers } = await start(credentials('server', true));
    const first = await dial(port);
    await ask(first);
    const again = await dial(port, {
      session: first.getSession(),
      cert: pem('intruder.cert'),
      key: pem('intruder.key'),
    });
    await ask(again);
    expect(peers.map((peer) => peer?.certificate === 'trusted')).toEqual([false, false]);
    first.destroy();
    again.destroy();
  });

  it('closes on bytes that are no TLS, on handshakes that never end, and goes on', async () => {
    const { port, peers } = await start(credentials('server'));
    const closed = async (bytes: string | Buffer): Promise<number> => {
      const begin = performance.now();
      const socket = connectPlain(port, '127.0.0.1').on('error', () => {});
      socket.resume().write(bytes);
      await once(socket, 'close');
      return performance.now() - begin;
    };
    const garbage = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 251));
    const longest = Math.max(
      ...(await Promise.all([
        closed('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
        closed(garbage),
        // The head of a TLS record whose bytes do not come; the first bytes of a hello.
        closed(Buffer.from([22, 3, 1, 64, 0])),
        closed(Buffer.from([22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3])),
      ])),
    );
    expect(longest).toBeLessThan(4000);
    expect(peers).toEqual([]);
    const socket = await dial(port);
    expect(await ask(socket)).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  it('counts connections in the middle of a handshake, and closes with them', async () => {
    const { listener, port } = await start(credentials('server'), 3);
    const stuck = Array.from({ length: 3 }, () => connectPlain(port, '127.0.0.1').on('error', () => {}));
    await Promise.all(stuck.map((socket) => once(socket, 'connect')));
    const socket = await dial(port);
    expect(await ask(socket)).toMatch(/^HTTP\/1\.1 200 /);
    const begin = performance.now();
    await listener.close(20_000);
    expect(performance.now() - begin).toBeLessThan(3000);
    socket.destroy();
  });
});

describe('credentials that OpenSSL refuses', () => {
  it('are an error that says why', async () => {
    const made = { ...credentials('server'), key: pem('renewed.key') };
    const error = await start(made).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MlserveError);
    expect((error as MlserveError).code).toBe('CONFIG_INVALID');
  });
});

import { createServer } from 'node:http';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dataPacket, END, errorPacket, filePacket, NO_MORE_FILES } from '../../src/image/fsutil-packets.ts';
import type { BuildContext } from '../../src/image/imaging.ts';
import { upgradeBy } from '../../src/io/docker/connection.ts';
import { framed, messagesIn } from '../../src/io/docker/grpc-frames.ts';
import { openSession } from '../../src/io/docker/session.ts';

const CONTENT = Buffer.from('what is in it');
const file = (path: string) => ({
  path,
  bytes: CONTENT.length,
  modified: 1n,
  async *content(): AsyncIterable<Uint8Array> {
    yield CONTENT;
  },
});
const [dockerfile, runtime, service] = [file('Dockerfile'), file('runtime.tar'), file('service.tar')];

function context(given: Partial<BuildContext> = {}): BuildContext {
  const whole = (async function* () {})();
  return { dockerfile, archives: [runtime, service], valid: Promise.resolve(), key: '/project', whole, ...given };
}

/** An engine that takes a session, as its client; and the headers that it was offered. */
async function engineWith(given: BuildContext) {
  let taken: (engine: { client: ClientHttp2Session; offered: IncomingHttpHeaders }) => void = () => {};
  const engine = new Promise<Parameters<typeof taken>[0]>((resolve) => {
    taken = resolve;
  });
  const server = createServer().on('upgrade', (request, socket: Duplex) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    const client = connect('http://localhost', { createConnection: () => socket });
    taken({ client: client.on('error', () => {}), offered: request.headers });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const session = await openSession(upgradeBy({ host: '127.0.0.1', port }, '1.41'), given);
  const { client, offered } = await engine;
  onTestFinished(() => {
    session?.close();
    client.destroy();
    server.close();
  });
  return { client, offered, session };
}

/** What a call is answered: its messages, and the status in the trailers. */
async function call(
  client: ClientHttp2Session,
  path: string,
  headers: Record<string, string> = {},
  ...messages: readonly Uint8Array[]
) {
  const stream = client.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', ...headers });
  let status: unknown;
  stream.on('trailers', (trailers) => {
    status = trailers['grpc-status'];
  });
  for (const message of messages) stream.write(framed(message));
  stream.end();
  const answers: Uint8Array[] = [];
  for await (const message of messagesIn(stream)) answers.push(Buffer.from(message));
  return { status, answers };
}

const FILES = '/moby.filesync.v1.FileSync/DiffCopy';
/** Requests of an engine: the first and the second file. */
const [FIRST, SECOND] = [Buffer.from([8, 1]), Buffer.from([8, 1, 24, 1])];
const buffers = (...packets: readonly Uint8Array[]) => packets.map((packet) => Buffer.from(packet));

describe('a session of BuildKit', () => {
  it('offers files under a key of the project, says that it is well, and knows nothing else', async () => {
    const { client, offered, session } = await engineWith(context());
    expect(offered).toMatchObject({
      upgrade: 'h2c',
      'x-docker-expose-session-uuid': session?.id,
      'x-docker-expose-session-grpc-method': `${FILES}, /grpc.health.v1.Health/Check`,
      'x-docker-expose-session-sharedkey': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const other = await engineWith(context({ key: '/another' }));
    expect(other.offered['x-docker-expose-session-sharedkey']).not.toBe(offered['x-docker-expose-session-sharedkey']);
    const health = await call(client, '/grpc.health.v1.Health/Check', {}, new Uint8Array(0));
    expect(health).toEqual({ status: '0', answers: [Buffer.from([8, 1])] });
    expect(await call(client, '/moby.filesync.v1.Auth/Credentials')).toEqual({ status: '12', answers: [] });
  });

  it('lists the paths that are asked for, and sends those whose content is', async () => {
    const { client } = await engineWith(context());
    const layers = { 'dir-name': 'context', followpaths: 'runtime.tar, service.tar' };
    expect(await call(client, FILES, layers, SECOND, END)).toEqual({
      status: '0',
      answers: buffers(
        ...[filePacket(runtime), filePacket(service), NO_MORE_FILES],
        ...[dataPacket(1, CONTENT), dataPacket(1, new Uint8Array(0)), END],
      ),
    });
    const ignored = { 'dir-name': 'context', 'include-patterns': '.dockerignore' };
    expect(await call(client, FILES, ignored, END)).toEqual({ status: '0', answers: buffers(NO_MORE_FILES, END) });
    const recipe = { 'dir-name': 'dockerfile', followpaths: 'Dockerfile, Dockerfile.dockerignore, dockerfile' };
    expect((await call(client, FILES, recipe, END)).answers).toEqual(
      buffers(filePacket(dockerfile), NO_MORE_FILES, END),
    );
  });

  it('gives the Dockerfile at once, and no layer of a project that is not valid', async () => {
    const valid = Promise.reject(new Error('the project is not valid'));
    valid.catch(() => {});
    const { client } = await engineWith(context({ valid }));
    expect((await call(client, FILES, { 'dir-name': 'dockerfile' }, END)).status).toBe('0');
    expect(await call(client, FILES, { 'dir-name': 'context' }, FIRST, END)).toEqual({
      status: '2',
      answers: buffers(filePacket(runtime), filePacket(service), errorPacket('the project is not valid')),
    });
  });

  it('tells the engine that a file is not what it was said to be', async () => {
    const changed = {
      ...service,
      async *content(): AsyncIterable<Uint8Array> {
        yield CONTENT.subarray(0, 4);
        throw new Error('the file changed');
      },
    };
    const { client } = await engineWith(context({ archives: [changed] }));
    const { status, answers } = await call(client, FILES, { 'dir-name': 'context' }, FIRST, END);
    expect(status).toBe('2');
    expect(answers.at(-1)).toEqual(Buffer.from(errorPacket('the file changed')));
  });

  it.each([404, 400, 501, 200])('is none where an engine answers %i, or is not there', async (status) => {
    const server = createServer((_, response) => void response.writeHead(status).end('{"message":"no"}'));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as AddressInfo;
    expect(await openSession(upgradeBy({ host: '127.0.0.1', port }, '1.41'), context())).toBeUndefined();
    await new Promise((closed) => server.close(closed));
    expect(await openSession(upgradeBy({ host: '127.0.0.1', port }, '1.41'), context())).toBeUndefined();
  });
});

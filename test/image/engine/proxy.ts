/** A socket in front of the engine that a test can cut: what a client sees of an engine that dies. */
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { tempFolder } from '../../support/temp.ts';
import { DOCKER_HOST } from './support.ts';

export interface EngineProxy {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** Bytes that the client sent so far. */
  readonly sent: number;
  /** Closes every connection, and takes no more. */
  die(): void;
}

interface Tampering {
  /** Requests that begin like this are answered with 404. */
  readonly refused?: RegExp;
  /** A connection on which this was answered stays open when the engine closes it. */
  readonly kept?: RegExp;
  /** After what the client sent. */
  onSent?(proxy: EngineProxy): void;
}

/** `onData` sees what the engine answers. */
export async function engineProxy(
  onData: (text: string, proxy: EngineProxy) => void = () => {},
  { refused, kept, onSent }: Tampering = {},
): Promise<EngineProxy> {
  const path = join(await tempFolder(), 'docker.sock');
  const sockets = new Set<Socket>();
  let isDead = false;
  const proxy = {
    sent: 0,
    host: `unix://${path}`,
    die() {
      isDead = true;
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: DOCKER_HOST.replace('unix://', ''), allowHalfOpen: true });
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    client.once('data', (first: Buffer) => {
      if (refused?.test(first.toString('latin1'))) {
        client.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      engine.write(first);
      client.pipe(engine);
    });
    client.on('data', (chunk) => {
      proxy.sent += chunk.length;
      if (!isDead) onSent?.(proxy);
    });
    let isKept = false;
    engine.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      isKept ||= kept?.test(text) === true;
      if (!isDead) onData(text, proxy);
      if (!isDead) client.write(chunk);
    });
    engine.on('end', () => isKept || client.end()).on('close', () => isKept || client.destroy());
    client.on('close', () => engine.destroy());
  });
  await new Promise<void>((ready) => server.listen(path, ready));
  onTestFinished(() => {
    if (!isDead) proxy.die();
  });
  return proxy;
}

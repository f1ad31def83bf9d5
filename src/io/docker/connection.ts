/** An address of an engine → how it is reached, and requests that are made by hand because dockerode hides what is answered. */
import { readFile } from 'node:fs/promises';
import { type ClientRequest, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { EngineAddress } from '../../image/engine-address.ts';
import type { Upgrade } from './session.ts';

export interface Connection {
  readonly socketPath?: string;
  readonly protocol?: 'http' | 'https';
  readonly host?: string;
  readonly port?: number;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const ANSWER_MS = 10_000;

export async function connectionTo(address: EngineAddress): Promise<Connection> {
  if (address.kind === 'socket') return { socketPath: address.path };
  const { host, port, tlsFolder } = address;
  if (tlsFolder === undefined) return { protocol: 'http', host, port };
  const pem = (name: string) =>
    tlsFolder === '' ? undefined : readFile(join(tlsFolder, name), 'utf8').catch(() => undefined);
  const [ca, cert, key] = await Promise.all([pem('ca.pem'), pem('cert.pem'), pem('key.pem')]);
  return { protocol: 'https', host, port, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/** Not yet ended. It emits an error when there is no answer in time. */
export function requestBy({ protocol, ...connection }: Connection, options: RequestOptions): ClientRequest {
  const send = protocol === 'https' ? httpsRequest : httpRequest;
  const request = send({ ...connection, timeout: ANSWER_MS, ...options });
  return request.on('timeout', () => request.destroy(new Error('no answer in time')));
}

export function upgradeBy(connection: Connection, api: string): Upgrade {
  return (path, headers) =>
    new Promise<Duplex | undefined>((resolve) => {
      const options = {
        method: 'POST',
        path: `/v${api}${path}`,
        headers: { Connection: 'Upgrade', ...headers },
        agent: false,
      };
      const request = requestBy(connection, options);
      request.on('upgrade', (_, socket, head) => {
        socket.setTimeout(0);
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      request.on('response', (response) => {
        response.destroy();
        resolve(undefined);
      });
      // Whatever it is, the build meets it too, and says what it means.
      request.on('error', () => resolve(undefined));
      request.end();
    });
}

/** A registry on loopback that refuses, and one that stops halfway: what it was asked, and answers as a real one would word them. */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { tempFolder } from '../../support/temp.ts';

export interface FakeRegistry {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** `METHOD path`, in order. */
  readonly asked: readonly string[];
  /** Authorization headers that were sent. */
  readonly authorizations: readonly string[];
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export async function fakeRegistry(answer: Answer): Promise<FakeRegistry> {
  const asked: string[] = [];
  const authorizations: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.headers.authorization !== undefined) authorizations.push(request.headers.authorization);
    request.resume();
    answer(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as { port: number }).port}`, asked, authorizations };
}

/** `GET /v2/` answers 200, everything else this. */
export function refusing(status: number, code: string): Answer {
  return (request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/v2/') return void response.end('{}');
    response.statusCode = status;
    response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase().replaceAll('_', ' ') }] }));
  };
}

/** A registry that takes every layer, and itself answers 503 to the manifest. */
export function failingAtTheEnd(real: string): Answer {
  return (request, response) => {
    const { method = '', url = '', headers } = request;
    if (method === 'PUT' && url.includes('/manifests/')) return refusing(503, 'UNAVAILABLE')(request, response);
    const [host, port] = real.split(':');
    const passed = forward({ host, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passed);
  };
}

/** Basic credentials or nothing. */
export function closed(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"', 'content-type': 'application/json' });
  response.end(
    JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: `authentication required for ${request.url}` }] }),
  );
}

/** An address of this machine that is not loopback, which is spoken to without TLS. The bridge of the engine has one. */
function outerAddress(): string {
  const found = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === 'IPv4' && !each.internal);
  if (found === undefined) throw new Error('this machine has no address but loopback');
  return found.address;
}

/** `host:port` of one that speaks TLS with a certificate that it has signed itself. */
export async function untrustedRegistry(): Promise<string> {
  const address = outerAddress();
  const folder = await tempFolder();
  const words = `req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 1 -subj /CN=registry -addext subjectAltName=IP:${address}`;
  execFileSync('openssl', words.split(' '), { cwd: folder, stdio: 'ignore' });
  const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((name) => readFile(join(folder, name))));
  const server = createTlsServer({ key, cert }, (_, response) => response.end('{}'));
  await new Promise<void>((ready) => server.listen(0, address, ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${address}:${(server.address() as { port: number }).port}`;
}

/** A registry on loopback that refuses, and one that stops halfway: what it was asked, and answers as a real one would word them. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

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

/** Takes every layer, and answers 503 to the manifest. */
export function failingAtTheEnd(): Answer {
  const blobs = new Set<string>();
  return (request, response) => {
    const url = decodeURIComponent(request.url ?? '');
    const [digest = ''] = /sha256:\w+/.exec(url) ?? [];
    request.on('end', () => {
      const isUpload = url.includes('/blobs/uploads/');
      if (url === '/v2/' || blobs.has(digest)) return void response.end();
      if (!isUpload) return refusing(request.method === 'HEAD' ? 404 : 503, 'UNAVAILABLE')(request, response);
      if (digest === '') response.writeHead(202, { location: url.replace(/\/?$/, '/1'), range: '0-0' }).end();
      else response.writeHead(201, { 'docker-content-digest': digest, location: url }).end();
      blobs.add(digest);
    });
  };
}

/** Basic credentials or nothing. */
export function closed(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"', 'content-type': 'application/json' });
  response.end(
    JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: `authentication required for ${request.url}` }] }),
  );
}

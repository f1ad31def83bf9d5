/** An HTTP server between a client and a service: hands requests on, and changes what comes back. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Passed {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Between {
  readonly url: string;
  close(): void;
}

/** `change` may also answer in the service's place; undefined never answers. */
export async function between(
  service: string,
  change: (passed: Passed, asked: IncomingHttpHeaders) => Passed | undefined,
): Promise<Between> {
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const body = await buffer(request);
    const type = { 'content-type': headers['content-type'] ?? 'application/json' };
    const answer = await fetch(`${service}${url}`, { method, headers: type, body });
    const passed = { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
    const changed = change(passed, headers);
    if (changed === undefined) return;
    const { 'content-length': _, ...kept } = changed.headers;
    response.writeHead(changed.status, kept).end(changed.body);
  });
  await new Promise<void>((open) => server.listen(0, '127.0.0.1', open));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** `mlserve status` against services that are not ready, slow, or none. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { renderStatus } from '../../src/commands/render-status.ts';
import { type StatusOptions, status } from '../../src/commands/status.ts';
import { MlserveError } from '../../src/errors.ts';
import { runCli } from '../support/run-cli.ts';
import { testIo } from '../support/test-io.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((done) => server.once('listening', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const json =
  (code: number, body: unknown): RequestListener =>
  (_request, response) =>
    void response.writeHead(code).end(JSON.stringify(body));
const ask = (url: string, more: Partial<StatusOptions> = {}) => status({ url, timeout: '2s', ...more }, testIo('.'));
const failure = async (url: string, more: Partial<StatusOptions> = {}): Promise<MlserveError> => {
  const error = await ask(url, more).catch((thrown: unknown) => thrown);
  if (error instanceof MlserveError) return error;
  throw new Error(`no error, but ${JSON.stringify(error)}`);
};

const DIGEST = `sha256:${'a'.repeat(64)}`;
const model = (name: string, state: string, reason?: string) => ({
  name,
  version: '1.0.0',
  digest: DIGEST,
  state,
  reason,
});
const body = (state: string, ...models: object[]) => ({
  status: state,
  service: { name: 'svc', version: '2.0.0' },
  models,
});

describe('the status of a service', () => {
  it('has a finding for each model that is not ready, and shows why', async () => {
    const url = await serve(json(503, body('not ready', model('a', 'ready'), model('longer', 'failed', 'it died'))));
    const result = await ask(`${url}/`);
    expect(result.issues).toEqual([
      { rule: 'status.not-ready', severity: 'error', where: 'longer 1.0.0', message: 'failed: it died' },
    ]);
    expect(renderStatus(result)).toBe(
      `svc 2.0.0 is not ready at ${url}\n  a       1.0.0  ready   ${DIGEST}\n  longer  1.0.0  failed  ${DIGEST}\n    it died\n`,
    );
  });

  it('has a finding while the service drains, though its models are ready', async () => {
    const url = await serve(json(503, body('draining', model('a', 'ready'))));
    expect((await ask(url)).issues).toHaveLength(1);
  });

  it('is asked for under the path of a proxy, with the key', async () => {
    const seen: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      seen.push(request.url, request.headers.authorization);
      json(200, body('ready', model('a', 'ready')))(request, response as never);
    });
    expect((await ask(`${url}/models/fraud/?x=1`, { apiKey: 'sesame' })).issues).toEqual([]);
    expect(seen).toEqual(['/models/fraud/readyz', 'Bearer sesame']);
  });

  it.each<[string, RequestListener, string]>([
    ['something else', json(404, { error: 'Not Found' }), 'HTTP 404'],
    ['a page', (_request, response) => void response.end('<html>'), 'HTTP 200'],
    ['JSON of another kind', json(200, { status: 'ready' }), 'HTTP 200'],
    ['a proxy that wants a key', json(401, {}), 'HTTP 401'],
    [
      'a redirect',
      (_request, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      '302',
    ],
    ['a cut connection', (request) => void request.socket.destroy(), 'cut'],
    ['silence', () => {}, 'no answer came within 300 ms'],
  ])('is no status when the answer is %s', async (_what, listener, message) => {
    const error = await failure(await serve(listener), { timeout: '300ms' });
    expect([error.code, error.exitCode]).toEqual(['SERVICE_UNREACHABLE', 2]);
    expect(error.message).toContain(message);
  });

  it.each([
    ['http://127.0.0.1:1', 'SERVICE_UNREACHABLE'],
    ['ftp://127.0.0.1', 'USAGE'],
    ['127.0.0.1:8080', 'USAGE'],
    ['', 'USAGE'],
  ])('of %j is an error', async (url, code) => {
    expect((await failure(url)).code).toBe(code);
  });

  it.each([
    ['--env', 'staging'],
    ['--namespace', 'ml'],
    ['--context', 'prod-eu'],
  ])('is not asked of one service with %s, which is about a cluster', async (flag, value) => {
    const { code, stderr } = await runCli(['status', 'http://127.0.0.1:1', flag, value], { cwd: tmpdir() });
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${flag} is about a cluster`);
    expect(stderr).toContain('fix: add --kube');
  });

  it('is not asked for with a time that is none', async () => {
    expect((await failure('http://127.0.0.1:1', { timeout: 'soon' })).code).toBe('USAGE');
  });
});

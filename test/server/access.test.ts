/** Keys, pages of other origins and the port of metrics, as the handler treats them. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../../src/server/auth/api-keys.ts';
import { createGate } from '../../src/server/auth/gate.ts';
import type { Response } from '../../src/server/contract.ts';
import { ROUTES } from '../../src/server/routes.ts';
import { identity } from '../support/fake-engine.ts';
import { handlerOf, tensorValue, type UnderTestOptions } from './support.ts';

const MODEL = {
  name: 'm',
  compute: identity,
  signature: {
    inputs: [tensorValue('INPUT0', 'float32', ['N'])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'float32', ['N'])],
  },
};
const key = (name: string, secret: string, scope: Scope) => ({
  name,
  scopes: new Set([scope]),
  hash: createHash('sha256').update(secret).digest(),
});
const gate = () =>
  createGate({
    keys: [key('app', 'open-sesame', 'infer'), key('scraper', 'numbers', 'metrics')],
    adminAccess: 'key',
    needsCertificate: false,
  });
const under = (access: UnderTestOptions = { gate: gate() }) => handlerOf([MODEL], {}, access);
const GOOD = '{"instances":[1]}';
const V2 = '{"inputs":[{"name":"INPUT0","datatype":"FP32","shape":[1],"data":[1]}]}';
const server = { host: '127.0.0.1', port: 0, name: 'mlserve', grpcPort: 'off', metricsPort: 'off' } as const;

describe('a service with API keys', () => {
  it('asks for one on every route but those that say how the service is, and the empty page of the documentation', async () => {
    const { send } = under();
    const open: string[] = [];
    for (const { method, path } of ROUTES) {
      const target = path.replace('{model}', 'm').replace('{version}', '1.4.0');
      const { status } = await send(method, target, method === 'POST' ? GOOD : '');
      if (status !== 401) open.push(path);
    }
    const says = /(live|ready|readyz|livez|startupz|ping)$|^\/v1\/models\/\{model\}$|^\/docs/;
    expect(open.filter((path) => !says.test(path))).toEqual([]);
    expect(open).toEqual(expect.arrayContaining(['/livez', '/readyz', '/startupz', '/v2/health/ready']));
    expect(ROUTES.filter(({ scope }) => scope === 'open').map(({ path }) => path)).toEqual(open);
  });

  it('refuses in the words of the route, with the way in, before the body is read', async () => {
    const { handler, send } = under();
    const head = { method: 'POST', target: '/predict', headers: { host: 'a', 'content-length': '999999999' } };
    const refused = handler.admit(head) as Response;
    expect(refused).toMatchObject({ status: 401, headers: { 'WWW-Authenticate': 'Bearer realm="mlserve"' } });
    expect(refused.headers).toMatchObject({ 'Content-Type': 'application/problem+json', 'X-Model-Name': 'm' });
    expect(JSON.parse(String(refused.body))).toMatchObject({ status: 401, title: 'Unauthorized' });
    const wrong = await send('POST', '/v2/models/m/infer', V2, { 'x-api-key': 'guessed' });
    expect([wrong.status, wrong.headers['Content-Type']]).toEqual([401, 'application/json']);
    expect(JSON.parse(String(wrong.body))).toEqual({ error: expect.stringContaining('not known') });
    const other = await send('POST', '/v2/models/m/infer', V2, { authorization: 'Bearer numbers' });
    expect(other.status).toBe(403);
    expect(other.headers['WWW-Authenticate']).toContain('insufficient_scope');
  });

  it('does not say to strangers which models there are', async () => {
    const { send } = under();
    expect((await send('GET', '/v2/models/unknown')).status).toBe(401);
    expect((await send('GET', '/v2/models/unknown', '', { 'x-api-key': 'open-sesame' })).status).toBe(404);
  });

  it('names the key in the log, and never shows it', async () => {
    const { send, lines } = under();
    await send('POST', '/predict', GOOD, { 'x-api-key': 'open-sesame' });
    await send('POST', '/predict', GOOD, { authorization: 'Bearer numbers' });
    await send('POST', '/predict', GOOD, { authorization: 'Bearer guessed' });
    await send('GET', '/metrics', '', { authorization: 'Bearer guessed' });
    const seen = lines.map(({ fields: { status, key: name } }) => [status, name]);
    expect(seen).toEqual([
      [200, 'app'],
      [403, 'scraper'],
      [401, undefined],
      [401, undefined],
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/sesame|numbers|guessed/);
  });

  it('counts who was turned away', async () => {
    const { send } = under();
    await send('POST', '/predict', GOOD);
    await send('POST', '/predict', GOOD, { 'x-api-key': 'numbers' });
    const page = String((await send('GET', '/metrics', '', { 'x-api-key': 'numbers' })).body);
    for (const reason of ['unauthorized', 'forbidden']) {
      expect(page).toContain(`mlserve_rejected_total{model="m",version="1.4.0",reason="${reason}"} 1`);
    }
  });

  it('asks again where nobody has been asked', async () => {
    const { handler } = under();
    const request = { method: 'POST', target: '/predict', headers: {}, body: new TextEncoder().encode(GOOD) };
    const { status } = await handler.handle({ ...request, signal: new AbortController().signal });
    expect(status).toBe(401);
  });
});

describe('pages of other origins', () => {
  const PAGE = 'https://app.example';
  const access = { cors: { origins: `${PAGE}, http://localhost:5173` } };
  const question = { origin: PAGE, 'access-control-request-method': 'POST' };

  it('may ask nothing unless they are listed', async () => {
    const { send } = under({});
    const answer = await send('POST', '/predict', GOOD, { origin: PAGE });
    expect(Object.keys(answer.headers).some((name) => /^(access-control|vary)/i.test(name))).toBe(false);
    expect((await send('OPTIONS', '/predict', '', question)).status).toBe(405);
  });

  it('that are listed may ask, with a key too, and read refusals', async () => {
    const { send } = under({ ...access, gate: gate() });
    const asked = await send('OPTIONS', '/predict', '', question);
    expect(asked.status).toBe(200);
    expect(asked.headers).toMatchObject({
      'Access-Control-Allow-Origin': PAGE,
      'Access-Control-Allow-Methods': 'GET, HEAD, POST',
    });
    const answered = await send('POST', '/predict', GOOD, { origin: PAGE, 'x-api-key': 'open-sesame' });
    expect([answered.status, answered.headers['Access-Control-Allow-Origin']]).toEqual([200, PAGE]);
    const refused = await send('POST', '/predict', GOOD, { origin: PAGE });
    expect([refused.status, refused.headers['Access-Control-Allow-Origin']]).toEqual([401, PAGE]);
    expect((await send('OPTIONS', '/predict', '', { ...question, origin: 'https://evil.example' })).status).toBe(405);
  });
});

describe('a port of its own for metrics', () => {
  it('has them alone, and the main port has them no more', async () => {
    const { handler, send } = under({ server: { ...server, metricsPort: 0 } });
    expect((await send('GET', '/metrics')).status).toBe(404);
    expect(String((await send('GET', '/')).body)).not.toContain('/metrics');
    await send('POST', '/predict', GOOD);
    const ask = async (method: string, target: string) => {
      const head = { method, target, headers: { host: 'a' } };
      const decision = handler.metricsPort.admit(head);
      if ('status' in decision) return decision;
      const body = new Uint8Array();
      return handler.metricsPort.handle({ ...head, body, signal: new AbortController().signal, admission: decision });
    };
    const page = await ask('GET', '/metrics');
    expect(page.status).toBe(200);
    expect(String(page.body)).toContain('route="/predict",code="200"} 1');
    expect((await ask('POST', '/predict')).status).toBe(404);
    expect((await ask('GET', '/livez')).status).toBe(404);
  });
});

describe('why a service is not ready', () => {
  const models = async (state: 'loading' | 'failed' | 'ready', reason?: string) => {
    const { engine, json } = under({});
    engine.set(state, 0, reason);
    const { body } = await json('GET', '/readyz');
    return body;
  };

  it('is told for each model, with its version and digest', async () => {
    expect(await models('loading')).toEqual({
      status: 'not ready',
      service: { name: 'tests', version: '1.4.0' },
      models: [
        {
          name: 'm',
          version: '1.4.0',
          digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
          state: 'loading',
          reason: 'the model is being loaded',
        },
      ],
    });
    expect(await models('ready')).toMatchObject({ status: 'ready', models: [{ state: 'ready' }] });
  });

  it('is told without where things are on this machine', async () => {
    const reason =
      "Load model from /srv/secret/models/m.onnx failed: File '/srv/secret/data.bin' (C:\\secret\\x.bin) is gone";
    expect(await models('failed', reason)).toMatchObject({
      models: [{ state: 'failed', reason: "Load model from m.onnx failed: File 'data.bin' (x.bin) is gone" }],
    });
    expect(JSON.stringify(await models('failed', 'x'.repeat(5000))).length).toBeLessThan(800);
  });
});

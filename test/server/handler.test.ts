import { describe, expect, it } from 'vitest';
import type { Response } from '../../src/server/contract.ts';
import { ROUTES } from '../../src/server/routes.ts';
import { identity } from '../support/fake-engine.ts';
import { DIGEST, handlerOf, type ModelUnderTest, tensorValue } from './support.ts';

const model = (name: string): ModelUnderTest => ({
  name,
  compute: identity,
  signature: {
    inputs: [tensorValue('INPUT0', 'float32', ['N'])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'float32', ['N'])],
  },
});
const GOOD = '{"instances":[1]}';
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('identity on every response', () => {
  const headersOf = ({ headers }: Response) => headers;

  it('says which model, version and digest, and never sniff', async () => {
    const { send, handler, engine } = handlerOf([model('first'), model('second')]);
    const responses: [Response, string][] = [
      [await send('POST', '/predict', GOOD), 'first'],
      [await send('POST', '/models/second/predict', GOOD), 'second'],
      [await send('POST', '/models/second/predict', '{}'), 'second'],
      [await send('POST', '/models/second/predict', '{'), 'second'],
      [await send('POST', '/models/third/predict', GOOD), 'first'],
      [await send('GET', '/nowhere'), 'first'],
      [await send('GET', '/v2/models/second/infer'), 'second'],
      [await send('PUT', '/v2/models/%73econd/infer'), 'second'],
      [await send('POST', '/v2/models/second/versions/9/infer'), 'second'],
      [await send('POST', '/predict', GOOD, { 'content-length': '99999999' }), 'first'],
      [await send('POST', '/predict', GOOD, { 'content-encoding': 'br' }), 'first'],
      [await send('GET', '/metrics'), 'first'],
      [await send('GET', '/'), 'first'],
      [handler.refuse(undefined, 400, 'bad'), 'first'],
      [handler.refuse({ method: 'POST', target: '/v2/models/second/infer', headers: {} }, 413, ''), 'second'],
    ];
    engine.set('failed');
    responses.push([await send('POST', '/models/second/predict', GOOD), 'second']);
    engine.failNext('runtime-failed');
    engine.set('ready');
    responses.push([await send('POST', '/models/second/predict', GOOD), 'second']);
    expect(responses.map(([response]) => response.status)).toEqual([
      200, 200, 422, 400, 404, 404, 405, 405, 404, 413, 415, 200, 200, 400, 413, 503, 500,
    ]);
    for (const [response, name] of responses) {
      expect(headersOf(response)).toMatchObject({
        'X-Model-Name': name,
        'X-Model-Version': '1.4.0',
        'X-Model-Digest': DIGEST,
        'X-Request-Id': expect.stringMatching(/^[\w.-]{1,64}$/),
        'X-Content-Type-Options': 'nosniff',
      });
    }
  });

  it('takes the request id of the client when it is one, and makes one when not', async () => {
    const { send } = handlerOf([model('m')]);
    const idFor = async (sent: string) =>
      (await send('GET', '/livez', '', { 'x-request-id': sent })).headers['X-Request-Id'];
    expect(await idFor('abc-1.2_3')).toBe('abc-1.2_3');
    for (const bad of ['', 'a b', 'a"b', 'a\nb', 'é', 'a'.repeat(65), 'a, b']) {
      expect(await idFor(bad)).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    }
  });

  it('passes a valid traceparent on and drops any other', async () => {
    const { send } = handlerOf([model('m')]);
    const echo = async (sent: string) => (await send('GET', '/livez', '', { traceparent: sent })).headers.traceparent;
    expect(await echo(TRACE)).toBe(TRACE);
    expect(await echo(`cc${TRACE.slice(2)}-more`)).toBe(`cc${TRACE.slice(2)}-more`);
    const bad = [`ff${TRACE.slice(2)}`, `${TRACE}-more`, TRACE.toUpperCase(), TRACE.slice(0, -1), ''];
    bad.push(
      TRACE.replace('0af7651916cd43dd8448eb211c80319c', '0'.repeat(32)),
      TRACE.replace('b7ad6b7169203331', '0'.repeat(16)),
    );
    for (const each of bad) expect(await echo(each)).toBeUndefined();
  });
});

describe('admission', () => {
  const admit = (under: ReturnType<typeof handlerOf>, method: string, target: string, headers = {}) => {
    const decision = under.handler.admit({ method, target, headers });
    return 'status' in decision ? decision : undefined;
  };

  it('answers 404 and 405 without reading, with the methods that exist', () => {
    const under = handlerOf([model('m')]);
    expect(admit(under, 'GET', '/nope')?.body).toBe('{"error":"Not Found"}');
    const paths = [
      '/v2/models/m/notapi',
      '/v2/notapi',
      '/notapi/v2',
      '/predict/',
      '//predict',
      '/v2/models//infer',
      '/%zz',
      '*',
      '',
    ];
    for (const path of paths) expect(admit(under, 'POST', path)?.status, path).toBe(404);
    for (const [method, path, allow] of [
      ['GET', '/predict', 'POST'],
      ['DELETE', '/v2', 'GET, HEAD'],
      ['POST', '/v2/models/m/ready', 'GET, HEAD'],
      ['PUT', '/v2/models/unknown/infer', 'POST'],
      ['__proto__', '/metrics', 'GET, HEAD'],
    ] as const) {
      const refusal = admit(under, method, path);
      expect([refusal?.status, refusal?.headers.Allow]).toEqual([405, allow]);
    }
  });

  it('takes a whole URL as the target, whatever its host', () => {
    const under = handlerOf([model('m')]);
    for (const path of ['/predict', '/predict?x=http://y/', '/v2/models/%6D/infer'])
      for (const before of ['http://127.0.0.1:8080', 'HTTPS://user@[::1]'])
        expect(admit(under, 'POST', before + path), before + path).toBeUndefined();
    for (const root of ['http://a', 'http://a/', 'http://a?x']) expect(admit(under, 'GET', root), root).toBeUndefined();
    for (const other of [
      'http:///predict',
      'ftp://a/predict',
      'http://a//predict',
      'http://a/http://a/predict',
      'a/predict',
    ])
      expect(admit(under, 'POST', other)?.status, other).toBe(404);
  });

  it('treats HEAD as GET', () => {
    expect(admit(handlerOf([model('m')]), 'HEAD', '/v2/health/live')).toBeUndefined();
  });

  it('refuses what is too large or compressed by its headers alone', () => {
    const under = handlerOf([model('m')], { bodyBytes: 100 });
    expect(under.handler.admit({ method: 'POST', target: '/predict', headers: { 'content-length': '100' } })).toEqual({
      maxBytes: 100,
    });
    expect(admit(under, 'POST', '/predict', { 'content-length': '101' })?.status).toBe(413);
    expect(admit(under, 'POST', '/predict', { 'content-encoding': 'Identity' })).toBeUndefined();
    const compressed = admit(under, 'POST', '/v2/models/m/infer', { 'content-encoding': 'br' });
    expect([compressed?.status, compressed?.headers['Accept-Encoding']]).toEqual([415, 'gzip, deflate, identity']);
    for (const coding of ['gzip', 'deflate']) {
      const head = { method: 'POST', target: '/predict', headers: { 'content-encoding': coding } };
      expect(under.handler.admit(head)).toMatchObject({ maxBytes: 100, coding });
    }
  });

  it('turns predictions away unread while the model is not ready or the queue is full, and nothing else', () => {
    const under = handlerOf([model('m')]);
    const statuses = () => ['/predict', '/v2/models/m/infer'].map((path) => admit(under, 'POST', path));
    expect(statuses()).toEqual([undefined, undefined]);
    for (const state of ['loading', 'warming', 'failed', 'draining', 'unloaded'] as const) {
      under.engine.set(state);
      for (const refusal of statuses()) expect([refusal?.status, refusal?.headers['Retry-After']]).toEqual([503, '1']);
    }
    under.engine.set('ready', 15);
    expect(statuses()).toEqual([undefined, undefined]);
    under.engine.set('ready', 16);
    for (const refusal of statuses()) expect([refusal?.status, refusal?.headers['Retry-After']]).toEqual([503, '1']);
    expect(admit(under, 'GET', '/readyz')).toBeUndefined();
  });
});

describe('a refusal for want of room', () => {
  it('says when to come back, and counts as a rejected prediction', async () => {
    const { handler, send } = handlerOf([model('m')]);
    const head = { method: 'POST', target: '/predict', headers: {} };
    const response = handler.refuse(head, 503, 'no room');
    expect([response.status, response.headers['Retry-After']]).toEqual([503, '1']);
    expect(JSON.parse(String(response.body))).toMatchObject({ title: 'Service Unavailable', detail: 'no room' });
    handler.refuse({ ...head, method: 'GET', target: '/livez' }, 503, 'no room');
    expect((await send('GET', '/metrics')).body).toMatch(/^mlserve_rejected_total\{.*reason="queue_bytes"\} 1$/m);
  });
});

describe('failures of the engine', () => {
  it('have a status each', async () => {
    const under = handlerOf([model('m')]);
    const statusOf = async (failure: Parameters<typeof under.engine.failNext>[0]) => {
      under.engine.failNext(failure);
      const { status, headers } = await under.send(
        'POST',
        '/v2/models/m/infer',
        '{"inputs":[{"name":"INPUT0","datatype":"FP32","shape":[1],"data":[1]}]}',
      );
      return [status, headers['Retry-After']];
    };
    expect(await statusOf('queue-full')).toEqual([503, '1']);
    expect(await statusOf('not-ready')).toEqual([503, '1']);
    expect(await statusOf('worker-died')).toEqual([503, '1']);
    expect(await statusOf('deadline-exceeded')).toEqual([504, undefined]);
    expect(await statusOf('runtime-failed')).toEqual([500, undefined]);
    expect(await statusOf('cancelled')).toEqual([499, undefined]);
  });
});

describe('health', () => {
  it('is live always, ready while the models are, started for good after the first time', async () => {
    const { handler, engine, json } = handlerOf([model('m')]);
    const statuses = async () => {
      const answers = await Promise.all(['/livez', '/readyz', '/startupz'].map((path) => json('GET', path)));
      return answers.map((answer) => answer.status);
    };
    engine.set('loading');
    expect(await statuses()).toEqual([200, 503, 503]);
    engine.set('ready');
    expect(await statuses()).toEqual([200, 200, 200]);
    engine.set('failed');
    expect(await statuses()).toEqual([200, 503, 200]);
    engine.set('ready');
    handler.drain();
    expect(await statuses()).toEqual([200, 503, 200]);
    expect((await json('GET', '/v2/health/ready')).status).toBe(503);
    expect((await json('GET', '/v2/models/m/ready')).status).toBe(503);
    expect((await json('POST', '/predict', GOOD)).status).toBe(200);
  });

  it('lists models and every route at /', async () => {
    const { json } = handlerOf([model('a'), model('b')]);
    const { body } = await json('GET', '/');
    expect(body).toEqual({
      service: { name: 'tests', version: '1.4.0' },
      models: ['a', 'b'].map((name) => ({ name, version: '1.4.0', digest: DIGEST })),
      routes: ROUTES.map(({ method, path }) => `${method} ${path}`),
    });
  });
});

describe('the log', () => {
  it('has a line a prediction with model and request, never the payload, and none for probes that go well', async () => {
    const { send, lines } = handlerOf([model('m')]);
    await send('GET', '/livez');
    await send('GET', '/metrics');
    expect(lines).toEqual([]);
    await send('POST', '/predict', '{"instances":[4111]}', { 'x-request-id': 'r1' });
    await send('POST', '/predict', '{"instances":["4111"]}', { 'x-request-id': 'r2' });
    await send('GET', '/secret-4111');
    const identity = { model: 'm', version: '1.4.0', digest: DIGEST.slice(0, 'sha256:'.length + 12) };
    const times = { ms: expect.any(Number), queueMs: 1, inferMs: 2, batchRows: 1 };
    expect(lines.map((line) => line.fields)).toEqual([
      { ...identity, requestId: 'r1', method: 'POST', route: '/predict', status: 200, ...times },
      { ...identity, requestId: 'r2', method: 'POST', route: '/predict', status: 422, ms: expect.any(Number) },
      { ...identity, requestId: expect.any(String), method: 'GET', route: '', status: 404, ms: 0 },
    ]);
    expect(JSON.stringify(lines)).not.toContain('4111');
  });
});

import { describe, expect, it } from 'vitest';
import { InferError } from '../../src/engine/engine.ts';
import { MlserveError } from '../../src/errors.ts';
import type { ModelControl } from '../../src/server/contract.ts';
import { identity } from '../support/fake-engine.ts';
import { handlerOf, type ModelUnderTest, tensorValue } from './support.ts';

const model = (name: string, version: string): ModelUnderTest => ({
  name,
  version,
  compute: identity,
  signature: {
    inputs: [tensorValue('INPUT0', 'float32', ['N'])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'float32', ['N'])],
  },
});
const MODELS = [model('m', '1.4.0'), model('m', '0.9.0')];

describe('POST /v2/repository/index', () => {
  const under = handlerOf(MODELS);
  const ask = (body: string) => under.json('POST', '/v2/repository/index', body);
  const entries = (state: string, reason: string) =>
    ['1.4.0', '0.9.0'].map((version) => ({ name: 'm', version, state, reason }));

  it.each([
    ['ready', 'READY', ''],
    ['loading', 'LOADING', ''],
    ['warming', 'LOADING', ''],
    ['draining', 'UNLOADING', ''],
    ['unloaded', 'UNAVAILABLE', 'unloaded'],
    ['failed', 'UNAVAILABLE', 'failed; the log of the service has the reason'],
  ] as const)('says of a model that is %s: %s', async (state, shown, reason) => {
    under.engine.set(state);
    for (const body of ['', '{}', '{"ready":false}', '{"ready":null,"other":[1]}']) {
      expect(await ask(body)).toEqual({ status: 200, body: entries(shown, reason) });
    }
    expect(await ask('{"ready":true}')).toEqual({ status: 200, body: state === 'ready' ? entries('READY', '') : [] });
  });

  it.each([
    ['{"ready":1}', "Unable to parse 'ready': it is not a boolean"],
    ['[]', 'The body is not valid JSON: expected an object at byte 0.'],
    ['x', 'The body is not valid JSON: expected a value at byte 0.'],
    [`{"x":${'['.repeat(200)}${']'.repeat(200)}}`, /nested deeper/],
  ])('refuses %s', async (body, text) => {
    const { status, body: answer } = await ask(body);
    expect(status).toBe(400);
    if (typeof text === 'string') expect(answer).toEqual({ error: text });
    else expect((answer as { error: string }).error).toMatch(text);
  });
});

describe('loading and unloading', () => {
  const paths = ['/v2/repository/models/m/load', '/v2/repository/models/m/unload'];

  it.each(paths)('%s is a 503 where models cannot be changed by calls', async (path) => {
    const { status, body } = await handlerOf(MODELS).json('POST', path);
    expect(status).toBe(503);
    expect((body as { error: string }).error).toContain(
      'explicit model load / unload is not allowed if polling is enabled',
    );
  });

  const controlled = (change: (what: string) => void | Promise<void> = () => {}) => {
    const calls: string[] = [];
    const act = (verb: string) => async (name: string) => {
      calls.push(`${verb} ${name}`);
      await change(`${verb} ${name}`);
    };
    const control: ModelControl = { load: act('load'), unload: act('unload') };
    return { calls, under: handlerOf(MODELS, {}, { control }) };
  };

  it('is done for the name in the path, also one that is not served yet', async () => {
    const { calls, under } = controlled();
    expect(await under.json('POST', '/v2/repository/models/m/load')).toEqual({
      status: 200,
      body: { name: 'm', load: true },
    });
    expect(
      await under.json('POST', '/v2/repository/models/m/unload', '{"parameters":{"unload_dependents":true}}'),
    ).toEqual({
      status: 200,
      body: { name: 'm', unload: true },
    });
    expect((await under.json('POST', '/v2/repository/models/a%2Fb%20c/load', '{}')).body).toEqual({
      name: 'a/b c',
      load: true,
    });
    expect(calls).toEqual(['load m', 'unload m', 'load a/b c']);
    expect(under.lines.filter(({ message }) => message === 'request').map(({ fields }) => fields.route)).toEqual([
      '/v2/repository/models/{name}/load',
      '/v2/repository/models/{name}/unload',
      '/v2/repository/models/{name}/load',
    ]);
  });

  it('is answered with the identity of the model that is there afterwards', async () => {
    const digest = (hex: string) => `sha256:${hex.repeat(32)}` as const;
    const { under } = controlled(() => {
      const [first] = under.served;
      if (first === undefined) throw new Error('no model');
      under.handler.replace([{ ...first, key: 'again', fingerprint: { ...first.fingerprint, model: digest('cd') } }]);
    });
    const response = await under.send('POST', '/v2/repository/models/m/load');
    expect(response.headers['X-Model-Digest']).toBe(digest('cd'));
  });

  it.each([
    [new MlserveError('USAGE', 'there is no model "m"'), 404, 'failed to load \'m\', there is no model "m"'],
    [
      new MlserveError('MODEL_INVALID', 'model "m" cannot be served', {
        issues: [{ where: 'm.onnx', rule: 'MSV001', message: 'it is empty', hint: 'x', severity: 'error' }],
      }),
      400,
      'failed to load \'m\', model "m" cannot be served; m.onnx: it is empty',
    ],
    [
      new InferError('not-ready', 'it does not fit into memory'),
      400,
      "failed to load 'm', it does not fit into memory",
    ],
  ] as const)('says why it failed: %s', async (error, status, text) => {
    const { under } = controlled(() => {
      throw error;
    });
    expect(await under.json('POST', '/v2/repository/models/m/load')).toEqual({ status, body: { error: text } });
  });

  it('is a 500 without details for a bug', async () => {
    const { under } = controlled(() => {
      throw new TypeError('secret');
    });
    const { status, body } = await under.json('POST', '/v2/repository/models/m/unload');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it.each([
    [
      '{"parameters":{"config":"{}"}}',
      "failed to load 'm', the parameter 'config' is not supported: it is loaded as the project of the service has it",
    ],
    [
      '{"parameters":{"file:1/model.onnx":"AAAA"}}',
      "failed to load 'm', the parameter 'file:1/model.onnx' is not supported: it is loaded as the project of the service has it",
    ],
    ['{"parameters":[]}', "failed to load 'm', 'parameters' is not an object"],
    ['[]', 'The body is not valid JSON: expected an object at byte 0.'],
  ])('takes no model over the network: %s', async (body, text) => {
    const { calls, under } = controlled();
    expect(await under.json('POST', '/v2/repository/models/m/load', body)).toEqual({
      status: 400,
      body: { error: text },
    });
    expect(calls).toEqual([]);
  });

  it('is not there for other methods', async () => {
    const { under } = controlled();
    for (const path of [...paths, '/v2/repository/models/%6d/load']) {
      const response = await under.send('GET', path);
      expect([response.status, response.headers.Allow]).toEqual([405, 'POST']);
    }
    expect((await under.send('POST', '/v2/repository/models//load')).status).toBe(404);
    expect((await under.send('POST', '/v2/repository/other/models/m/load')).status).toBe(404);
  });
});

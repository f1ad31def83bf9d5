import { describe, expect, it } from 'vitest';
import { identity, sumAndDifference } from '../support/fake-engine.ts';
import { columns } from '../support/service-builders.ts';
import { handlerOf, type ModelUnderTest, tensorValue } from './support.ts';

const FRAUD: ModelUnderTest = {
  name: 'fraud',
  compute: identity,
  features: {
    onUnknownColumn: 'reject',
    columns: columns(
      { name: 'amount', type: 'number', input: 'INPUT0', min: 0 },
      { name: 'age', type: 'integer', input: 'INPUT0', min: 0, max: 130 },
    ),
  },
  signature: {
    inputs: [tensorValue('INPUT0', 'float32', ['N', 2])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'float32', ['N', 2])],
  },
};
const TWO: ModelUnderTest = {
  name: 'two',
  compute: sumAndDifference,
  signature: {
    inputs: [tensorValue('INPUT0', 'int64', ['N']), tensorValue('INPUT1', 'int64', ['N'])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'int64', ['N']), tensorValue('OUTPUT1', 'int64', ['N'])],
  },
};
const under = () => handlerOf([FRAUD, TWO]);
const predict = (model: string, body: string) => under().json('POST', `/v1/models/${model}:predict`, body);

describe('KServe V1', () => {
  it('lists the names of the models', async () => {
    expect(await under().json('GET', '/v1/models')).toEqual({ status: 200, body: { models: ['fraud', 'two'] } });
  });

  it('says that a model is ready', async () => {
    expect(await under().json('GET', '/v1/models/two')).toEqual({ status: 200, body: { name: 'two', ready: true } });
  });

  it('says that a model is not ready, also while the server stops', async () => {
    const text = { error: 'Model with name fraud is not ready.' };
    const loading = under();
    loading.engine.set('loading');
    expect(await loading.json('GET', '/v1/models/fraud')).toEqual({ status: 503, body: text });
    expect(await loading.json('POST', '/v1/models/fraud:predict', '{}')).toEqual({ status: 503, body: text });
    const stopping = under();
    stopping.handler.drain();
    expect(await stopping.json('GET', '/v1/models/fraud')).toEqual({ status: 503, body: text });
  });

  it('answers the value of the only output for each row, and no identity beside the predictions', async () => {
    const response = await under().send(
      'POST',
      '/v1/models/fraud:predict',
      '{"instances":[{"amount":1.5,"age":30},[2,3]]}',
    );
    expect([response.status, response.headers['Content-Type']]).toEqual([200, 'application/json']);
    expect(response.body).toBe('{"predictions":[[1.5,30],[2,3]]}');
    expect(response.headers['X-Model-Name']).toBe('fraud');
  });

  it('answers an object for each row where there are several outputs, 64-bit integers digit by digit', async () => {
    const body = '{"instances":[{"INPUT0":9007199254740993,"INPUT1":0}],"parameters":{"a":1},"signature_name":"x"}';
    const { body: answer } = await under().send('POST', '/v1/models/two:predict', body);
    expect(answer).toBe('{"predictions":[{"OUTPUT0":9007199254740993,"OUTPUT1":9007199254740993}]}');
  });

  it('takes whole tensors too', async () => {
    expect(await predict('two', '{"inputs":{"INPUT0":[1,2],"INPUT1":[3,4]}}')).toEqual({
      status: 200,
      body: {
        predictions: [
          { OUTPUT0: 4, OUTPUT1: -2 },
          { OUTPUT0: 6, OUTPUT1: -2 },
        ],
      },
    });
  });

  it.each([
    ['unknown', '{}', 404, 'Model with name unknown does not exist.'],
    ['fraud', '{"instances":', 400, 'Unrecognized request format: expected a value at byte 13.'],
    [
      'fraud',
      '{"instances":[[1,200],[-1,3]]}',
      400,
      'The body does not fit the model: /instances/0/1: expected an integer of at least 0 and at most 130 (max); ' +
        '/instances/1/0: expected a number of at least 0 (min)',
    ],
    ['fraud', '{}', 400, 'The body does not fit the model: the body: expected an object with "instances"'],
  ])('refuses for %s the body %s with a text', async (model, body, status, error) => {
    const answer = await predict(model, body);
    expect(answer).toEqual({ status, body: { error: expect.stringContaining(error) } });
  });

  it('tells of ten violations and counts the rest', async () => {
    const rows = Array.from({ length: 6 }, () => '[-1,-1]').join();
    const { body } = await predict('fraud', `{"instances":[${rows}]}`);
    expect((body as { error: string }).error).toMatch(/\/instances\/4\/1: expected [^;]*; and 2 more$/);
  });

  it('takes the name in any percent-encoding, and the colon too', async () => {
    for (const path of ['/v1/models/%66raud:predict', '/v1/models/fraud%3Apredict']) {
      expect((await under().json('POST', path, '{"instances":[[1,2]]}')).status).toBe(200);
    }
  });

  it('knows no other verb, and no model with a colon in its name', async () => {
    for (const [method, path] of [
      ['POST', '/v1/models/fraud:explain'],
      ['GET', '/v1/models/fraud:explain'],
      ['POST', '/v1/models/:predict'],
      ['GET', '/v1/models/'],
    ] as const) {
      expect(await under().json(method, path)).toEqual({ status: 404, body: { error: 'Not Found' } });
    }
    const { status, headers } = await under().send('GET', '/v1/models/fraud:predict');
    expect([status, headers.Allow]).toEqual([405, 'POST']);
  });
});

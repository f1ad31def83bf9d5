import { describe, expect, it } from 'vitest';
import { identity, sumAndDifference } from '../support/fake-engine.ts';
import { columns } from '../support/service-builders.ts';
import { handlerOf, type ModelUnderTest, tensorValue } from './support.ts';

const model = (
  type: 'float32' | 'string' | 'int64' | 'bool',
  shape: readonly (number | string)[] | null,
  features?: ModelUnderTest['features'],
): ModelUnderTest => ({
  name: 'm',
  compute: identity,
  ...(features === undefined ? {} : { features }),
  signature: {
    inputs: [tensorValue('INPUT0', type, shape)],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', type, shape)],
  },
});
const FEATURES = model('float32', ['N', 3], {
  onUnknownColumn: 'reject',
  columns: columns(
    { name: 'amount', type: 'number', input: 'INPUT0', min: 0 },
    { name: 'age', type: 'integer', input: 'INPUT0', onMissing: { impute: 41 } },
    {
      name: 'country',
      type: 'category',
      input: 'INPUT0',
      values: new Map([
        ['FR', 0],
        ['U,S', 1],
      ]),
    },
  ),
});
const invoke = async (under: ModelUnderTest, body: string | Uint8Array, headers: Record<string, string> = {}) => {
  const response = await handlerOf([under]).send('POST', '/invocations', body, {
    'content-type': 'text/csv',
    ...headers,
  });
  return { status: response.status, type: response.headers['Content-Type'], body: String(response.body) };
};

describe('/invocations', () => {
  it('takes and answers JSON, whatever other type the client names', async () => {
    for (const type of ['application/json', 'application/x-www-form-urlencoded', '']) {
      expect(await invoke(FEATURES, '{"instances":[[1,2,"FR"]]}', { 'content-type': type })).toEqual({
        status: 200,
        type: 'application/json',
        body: '{"predictions":[[1,2,0]]}',
      });
    }
  });

  it('takes CSV with the features in their order, empty cells as missing values', async () => {
    const { status, body } = await invoke(FEATURES, '1.5,30,FR\r\n2,,"U,S"\n\n', {
      'content-type': 'Text/CSV; charset=utf-8',
    });
    expect([status, body]).toEqual([200, '{"predictions":[[1.5,30,0],[2,41,1]]}']);
  });

  it('answers CSV where the client asks for it, without a header', async () => {
    const answer = await invoke(FEATURES, '1.5,30,FR\n2,3,"U,S"', { accept: 'text/csv, */*;q=0.1' });
    expect(answer).toEqual({ status: 200, type: 'text/csv; charset=utf-8', body: '1.5,30,0\n2,3,1\n' });
    expect((await invoke(FEATURES, '1,2,FR', { accept: '*/*' })).type).toBe('application/json');
  });

  it('weighs CSV against JSON as RFC 9110 says, where the client gives weights', async () => {
    const typeFor = async (accept: string) => (await invoke(FEATURES, '1,2,FR', { accept })).type?.replace(/;.*/, '');
    for (const accept of ['text/csv;q=0', 'text/csv; Q=0.0, */*', 'application/json, text/csv;q=0.5', 'text/csv;q=2']) {
      expect([accept, await typeFor(accept)]).toEqual([accept, 'application/json']);
    }
    for (const accept of ['TEXT/CSV;q=0.1', 'application/json;q=0.5, text/csv', 'application/json,text/csv']) {
      expect([accept, await typeFor(accept)]).toEqual([accept, 'text/csv']);
    }
  });

  it('takes CSV for the one input of a model without features', async () => {
    expect((await invoke(model('float32', ['N', 2]), '1,2\n3,nan')).body).toBe('{"predictions":[[1,2],[3,null]]}');
    expect((await invoke(model('int64', ['N']), '9007199254740993\n-2')).body).toBe(
      '{"predictions":[9007199254740993,-2]}',
    );
    expect((await invoke(model('string', ['N', 1]), '"a ""b"""\n""')).body).toBe('{"predictions":["a \\"b\\"",""]}');
    expect((await invoke(model('bool', ['N', 2]), 'true,0')).body).toBe('{"predictions":[[true,false]]}');
  });

  it.each([
    ['an empty body', '\n', 'The body has no row.'],
    [
      'a cell of another type',
      '1,2,FR\nx,2.5,XX',
      '1 of the rows does not fit the model: row 2: "amount": expected a number of at least 0 (type)',
    ],
    ['too many cells', '1,2,FR,4', 'record 1 has 4 cells, and the model takes 3'],
    ['too few cells', '1,2', 'row 1: expected an object of named features, or an array of 3 values'],
    ['an open quote', '1,2,"FR', 'record 1 has a quote that is not closed'],
    ['too many rows', '1,2,FR\n'.repeat(9), '/instances: expected at most 8 rows (limits.rowsPerRequest) (maxRows)'],
  ])('refuses %s', async (_, body, error) => {
    const answer = await invoke(FEATURES, body);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([400, { error: expect.stringContaining(error) }]);
  });

  it('refuses bytes that are no UTF-8, ragged rows, and models whose inputs cells cannot mean', async () => {
    const two: ModelUnderTest = {
      name: 'two',
      compute: sumAndDifference,
      signature: {
        inputs: [tensorValue('INPUT0', 'int64', ['N']), tensorValue('INPUT1', 'int64', ['N'])],
        defaultedInputs: [],
        outputs: [tensorValue('OUTPUT0', 'int64', ['N'])],
      },
    };
    const errors = await Promise.all([
      invoke(FEATURES, new Uint8Array([0x31, 0xff])),
      invoke(model('float32', ['N', 'D']), '1,2\n3'),
      invoke(two, '1,2'),
      invoke(model('float32', ['N', 2, 2]), '1,2,3,4'),
    ]);
    expect(errors.map(({ status, body }) => [status, JSON.parse(body).error])).toEqual([
      [400, 'The body is not UTF-8 text.'],
      [400, 'The rows have different numbers of cells.'],
      [400, expect.stringContaining('cells mean features, or the values of one input')],
      [400, expect.stringContaining('cells mean features, or the values of one input')],
    ]);
  });

  it('never repeats a cell', async () => {
    const secret = '4111111111111111';
    for (const body of [`${secret}x,1,FR`, `1,1,${secret}`, `"${secret}`, `1,${secret}"`, `${secret},1,FR,${secret}`]) {
      const answer = await invoke(FEATURES, body);
      expect([answer.status, answer.body.includes(secret)]).toEqual([400, false]);
    }
  });
});

describe('/ping', () => {
  it('is 200 once every model is ready, and 503 before and while stopping', async () => {
    const { json, engine, handler } = handlerOf([FEATURES]);
    expect((await json('GET', '/ping')).status).toBe(200);
    engine.set('loading');
    expect((await json('GET', '/ping')).status).toBe(503);
    engine.set('ready');
    handler.drain();
    expect((await json('GET', '/ping')).status).toBe(503);
  });
});

describe('the paths that a platform chooses', () => {
  const VERTEX = {
    healthPath: '/v1/endpoints/1/deployedModels/2',
    predictPath: '/v1/endpoints/1/deployedModels/2:predict',
  };

  it('answer as /ping and /invocations do, and are listed', async () => {
    const { json, send } = handlerOf([FEATURES], {}, { server: VERTEX });
    expect((await json('GET', VERTEX.healthPath)).status).toBe(200);
    const body = '{"instances":[[1,2,"FR"]],"parameters":{"a":[1]}}';
    expect(await json('POST', VERTEX.predictPath, body)).toEqual({ status: 200, body: { predictions: [[1, 2, 0]] } });
    const csv = await send('POST', VERTEX.predictPath, '1,2,FR', { 'content-type': 'text/csv', accept: 'text/csv' });
    expect(csv.body).toBe('1,2,0\n');
    const { routes } = (await json('GET', '/')).body as { routes: string[] };
    expect(routes.slice(-2)).toEqual([`GET ${VERTEX.healthPath}`, `POST ${VERTEX.predictPath}`]);
    expect((await json('GET', VERTEX.predictPath)).status).toBe(405);
  });

  it('stand in the place of the routes with that method and path, and of a model whose path it is', async () => {
    const { json } = handlerOf([FEATURES], {}, { server: { healthPath: '/', predictPath: '/predict' } });
    expect(await json('POST', '/predict', '{"instances":[[1,2,"FR"]]}')).toEqual({
      status: 200,
      body: { predictions: [[1, 2, 0]] },
    });
    expect((await json('GET', '/')).body).toHaveProperty('status', 'ready');
    const v1 = handlerOf([FEATURES], {}, { server: { predictPath: '/v1/models/m:predict' } });
    expect((await v1.json('POST', '/v1/models/m:predict', '{"instances":[[1,2,"FR"]]}')).status).toBe(200);
  });

  it('do not exist unless they are set', async () => {
    expect((await handlerOf([FEATURES]).json('POST', '')).status).toBe(404);
  });
});

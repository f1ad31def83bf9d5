import { describe, expect, it } from 'vitest';
import { shortDigest } from '../../src/server/identity.ts';
import type { FeatureColumn, FeatureSpec } from '../../src/service/spec.ts';
import { type FakeModel, identity, sumAndDifference } from '../support/fake-engine.ts';
import { DIGEST, handlerOf, type ModelUnderTest, tensorValue } from './support.ts';

const column = (name: string, position: number, rest: Partial<FeatureColumn>): FeatureColumn => ({
  name,
  type: 'number',
  input: 'INPUT0',
  position,
  min: undefined,
  max: undefined,
  unit: undefined,
  values: undefined,
  pattern: undefined,
  maxLength: undefined,
  onMissing: 'reject',
  onUnknown: 'reject',
  ...rest,
});
const FEATURES: FeatureSpec = {
  onUnknownColumn: 'reject',
  columns: [
    column('amount', 0, { min: 0 }),
    column('age', 1, { type: 'integer', min: 0, max: 130, onMissing: { impute: 41 } }),
    column('country/code', 2, {
      type: 'category',
      values: new Map([
        ['FR', 0],
        ['US', 1],
      ]),
    }),
  ],
};
const FRAUD: ModelUnderTest = {
  name: 'fraud',
  compute: identity,
  features: FEATURES,
  signature: {
    inputs: [tensorValue('INPUT0', 'float32', ['N', 3])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'float32', ['N', 3])],
  },
};
const simple = (shape: readonly (number | string)[]): ModelUnderTest => ({
  name: 'simple',
  compute: sumAndDifference,
  signature: {
    inputs: [tensorValue('INPUT0', 'int64', shape), tensorValue('INPUT1', 'int64', shape)],
    defaultedInputs: [tensorValue('BIAS', 'float32', [1])],
    outputs: [tensorValue('OUTPUT0', 'int64', shape), tensorValue('OUTPUT1', 'int64', shape)],
  },
});
const raw = (type: 'float32' | 'string' | 'int64', shape: readonly (number | string)[] | null): ModelUnderTest => ({
  name: 'raw',
  compute: identity,
  signature: {
    inputs: [tensorValue('INPUT0', type, shape)],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', type, shape)],
  },
});

const { json, send, engine } = handlerOf([FRAUD]);
const predict = (body: string) => json('POST', '/predict', body);
const errorsOf = async (body: string, under = handlerOf([FRAUD])) => {
  const answer = await under.json('POST', '/predict', body);
  expect(answer.status).toBe(422);
  return (answer.body as { errors: { pointer: string; rule: string; expected: string }[] }).errors.map(
    ({ pointer, rule, expected }) => `${pointer} ${rule}: ${expected}`,
  );
};

describe('/predict with features', () => {
  it('answers one prediction a row, with the identity of the model', async () => {
    const response = await send('POST', '/predict', '{"instances":[{"amount":0.1,"age":30,"country/code":"US"}]}', {
      'x-request-id': 'r-1',
    });
    expect(response.status).toBe(200);
    expect(response.headers['Content-Type']).toBe('application/json');
    expect(response.body).toBe(
      `{"model":{"name":"fraud","version":"1.4.0","digest":"${DIGEST}"},"requestId":"r-1","predictions":[{"OUTPUT0":[0.1,30,1]}]}`,
    );
  });

  it('takes named rows in any order of members, and rows of values in the order of the columns', async () => {
    const { body } = await predict(
      '{"instances":[{"country/code":"FR","amount":2,"age":3},[4,5,"US"],{"amount":6,"country/code":"US"}]}',
    );
    expect(body).toHaveProperty('predictions', [
      { OUTPUT0: [2, 3, 0] },
      { OUTPUT0: [4, 5, 1] },
      { OUTPUT0: [6, 41, 1] },
    ]);
  });

  it('answers at every path that addresses the model', async () => {
    for (const path of ['/predict', '/models/fraud/predict', '/models/fraud/versions/1.4.0/predict']) {
      expect((await json('POST', path, '{"instances":[[1,2,"US"]]}')).status).toBe(200);
    }
  });

  it('takes the raw tensors of a model with features too', async () => {
    const { body } = await predict('{"inputs":{"INPUT0":[[1,2,0],[3,4,1]]}}');
    expect(body).toHaveProperty('predictions', [{ OUTPUT0: [1, 2, 0] }, { OUTPUT0: [3, 4, 1] }]);
  });

  it('says every violation at once, where it is and what was expected, in problem+json', async () => {
    const response = await send(
      'POST',
      '/predict',
      '{"instances":[{"amount":-5,"age":200,"country/code":"Atlantis","z":1},{"age":null}]}',
    );
    expect(response.status).toBe(422);
    expect(response.headers['Content-Type']).toBe('application/problem+json');
    const problem = JSON.parse(String(response.body));
    expect(problem).toMatchObject({
      type: 'tag:mlserve.dev,2026:invalid-input',
      title: 'The input does not fit the model',
      status: 422,
      errorCount: 6,
      model: { name: 'fraud', version: '1.4.0', digest: DIGEST },
      requestId: response.headers['X-Request-Id'],
    });
    const where = problem.errors.map(({ pointer, rule }: { pointer: string; rule: string }) => `${pointer} ${rule}`);
    expect(where).toEqual([
      '/instances/0/amount min',
      '/instances/0/age max',
      '/instances/0/country~1code values',
      '/instances/0/z unknown',
      '/instances/1/amount missing',
      '/instances/1/country~1code missing',
    ]);
  });

  it('takes for an integer what is one, however it is written, and nothing that only rounds to one', async () => {
    const errors = (age: string) => errorsOf(`{"instances":[{"amount":1,"age":${age},"country/code":"US"}]}`);
    for (const age of ['3', '3.0', '3e0', '0.3e1', '30e-1']) {
      const { body } = await predict(`{"instances":[{"amount":1,"age":${age},"country/code":"US"}]}`);
      expect(body).toHaveProperty('predictions', [{ OUTPUT0: [1, 3, 1] }]);
    }
    for (const age of ['3.5', '3.000000000000000000001', '2.9999999999999999999', '30000000000000000000001e-22']) {
      expect(await errors(age)).toEqual(['/instances/0/age type: an integer of at least 0 and at most 130']);
    }
    const { body } = await predict('{"instances":[[3.000000000000000000001,1,"US"]]}');
    expect(body).toHaveProperty('predictions', [{ OUTPUT0: [3, 1, 1] }]);
  });

  it('never repeats a value that was sent', async () => {
    const secret = '4111111111111111';
    for (const value of [`"${secret}"`, secret, `[${secret}]`, `{"a":"${secret}"}`]) {
      for (const name of ['amount', 'age', 'country/code', 'other']) {
        const { status, body } = await predict(`{"instances":[{"${name}":${value}}],"x":${value}}`);
        if (status !== 200) expect(JSON.stringify(body)).not.toContain(secret);
      }
    }
    const { body } = await predict(`{"instances":[["${secret}",1,1]]} ${secret}`);
    expect(JSON.stringify(body)).not.toContain(secret);
  });

  it('reports a value of the wrong kind once, and no cell of it as missing', async () => {
    expect(await errorsOf('{"instances":[{"amount":[1],"age":{"a":1},"country/code":"US"}]}')).toEqual([
      '/instances/0/amount type: a single value, not an object or array',
      '/instances/0/age type: a single value, not an object or array',
    ]);
    expect(await errorsOf('{"instances":[[1e400,1,"US"],5,[1,2,"US",4],[1]]}')).toEqual([
      '/instances/0/0 type: a number that a double can hold',
      '/instances/1 type: an object of features, or an array of 3 values',
      '/instances/2 length: at most 3 values',
      expect.stringMatching(/^\/instances\/3\/country~1code missing/),
    ]);
  });

  it('lists a hundred violations and counts the rest', async () => {
    const under = handlerOf([FRAUD], { rowsPerRequest: 1000 });
    const { body } = await under.json('POST', '/predict', `{"instances":[${Array(150).fill('{}')}]}`);
    expect(body).toMatchObject({ errorCount: 300, detail: 'The request has 300 problems; see "errors".' });
    expect((body as { errors: unknown[] }).errors).toHaveLength(100);
  });

  it('stops reading at ten thousand violations', async () => {
    const under = handlerOf([FRAUD], { rowsPerRequest: 100_000 });
    const rows = Array(9000).fill('{}').join(',');
    // What comes after is not even looked at.
    const { body } = await under.json('POST', '/predict', `{"instances":[${rows},not JSON]}`);
    expect(body).toMatchObject({
      status: 422,
      errorCount: 10_000,
      detail: 'The request has at least 10000 problems; see "errors".',
    });
  });

  it('takes many members that mean nothing, but no millions', async () => {
    const under = handlerOf([FRAUD]);
    const members = (count: number) => Array.from({ length: count }, (_, at) => `"k${at}":0`).join(',');
    const statusOf = async (body: string) => (await under.send('POST', '/predict', body)).status;
    const good = '"instances":[[1,2,"US"]]';
    expect(await statusOf(`{${members(10_000)},${good}}`)).toBe(200);
    expect(await statusOf(`{"x":{${members(10_000)}},${good}}`)).toBe(200);
    expect(await statusOf(`{${members(10_001)},${good}}`)).toBe(400);
    expect(await statusOf(`{"x":{${members(10_001)}},${good}}`)).toBe(400);
  });

  it('refuses more rows than the limit, none at all, and bodies of another form', async () => {
    expect(await errorsOf(`{"instances":[${Array(9).fill('[1,2,"US"]')}]}`)).toEqual([
      '/instances maxRows: at most 8 rows (limits.rowsPerRequest)',
    ]);
    expect(await errorsOf('{"instances":[]}')).toEqual(['/instances minRows: at least one row']);
    expect(await errorsOf('{"instances":{}}')).toEqual(['/instances type: an array of rows']);
    expect(await errorsOf('{"inputs":[]}')).toEqual(['/inputs type: an object of tensors']);
    expect(await errorsOf('{"instances":[[1,2,"US"]],"inputs":{}}')).toEqual([
      '/inputs unknown: either "instances" or "inputs", not both',
    ]);
    const form = 'an object with "instances" (an array of rows) or "inputs" (an object of tensors)';
    expect(await errorsOf('{}')).toEqual([` missing: ${form}`]);
    expect(await errorsOf('[[1,2,3]]')).toEqual([` type: ${form}`]);
  });

  it('answers 400 to what is not the JSON we take, and is healthy after', async () => {
    const bodies = [
      '',
      '{',
      '{"instances":[{"amount":NaN}]}',
      '{"instances":[[01]]}',
      '{"instances":[[1,]]}',
      '{"a":1,"a":2,"instances":[]}',
    ];
    bodies.push(
      '{"instances":[{"amount":1,"amount":2}]}',
      '{"instances":[{"z":1,"z":2}]}',
      '{"inputs":{"INPUT0":[[1,2,3]],"INPUT0":1}}',
    );
    bodies.push(
      `{"instances":${'['.repeat(5000)}`,
      '{"instances":[[1,2,"\u0001"]]}',
      '{"instances":[[1,2,"US"]],"instances":[]}',
    );
    for (const body of bodies) {
      const response = await send('POST', '/predict', body);
      expect(response.status, body.slice(0, 40)).toBe(400);
      expect(response.headers['Content-Type']).toBe('application/problem+json');
      expect(JSON.parse(String(response.body))).toMatchObject({
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
      });
    }
    expect((await predict('{"instances":[[1,2,"US"]]}')).status).toBe(200);
  });

  it('knows no member through the prototype', async () => {
    expect(await errorsOf('{"instances":[{"amount":1,"country/code":"US","__proto__":1,"constructor":2}]}')).toEqual([
      '/instances/0/__proto__ unknown: no member but the features of the model',
      '/instances/0/constructor unknown: no member but the features of the model',
    ]);
    expect(await errorsOf('{"inputs":{"__proto__":[1],"INPUT0":[[1,2,3]]}}')).toEqual([
      '/inputs/__proto__ unknown: no member but the inputs of the model',
    ]);
    expect(await errorsOf('{"instances":[[1,2,"__proto__"]]}')).toHaveLength(1);
  });

  it('tells of a failing model without its words, which the log has', async () => {
    const under = handlerOf([FRAUD]);
    under.engine.failNext('runtime-failed');
    const response = await under.send('POST', '/predict', '{"instances":[[1,2,"US"]]}');
    expect(response.status).toBe(500);
    expect(String(response.body)).not.toContain('secret');
    const { requestId } = JSON.parse(String(response.body));
    expect(under.lines).toContainEqual({
      level: 'error',
      message: 'request failed',
      fields: expect.objectContaining({
        requestId,
        reason: expect.stringContaining('secret'),
        model: 'fraud',
        digest: shortDigest(DIGEST),
      }),
    });
  });

  it('turns a bug into a 500 that says nothing', async () => {
    engine.failNext(new TypeError('x is not a function at /home/someone/secret.ts'));
    const response = await send('POST', '/predict', '{"instances":[[1,2,"US"]]}');
    expect(response.status).toBe(500);
    expect(String(response.body)).not.toMatch(/TypeError|secret|not a function/);
  });
});

describe('/predict with raw tensors', () => {
  it('takes a row as the value of the sole input, of any rank', async () => {
    const ask = async (model: ModelUnderTest, body: string) =>
      ((await handlerOf([model]).json('POST', '/predict', body)).body as Record<string, unknown>).predictions ?? null;
    expect(await ask(raw('float32', ['N', 2]), '{"instances":[[1,2],[3,4]]}')).toEqual([
      { OUTPUT0: [1, 2] },
      { OUTPUT0: [3, 4] },
    ]);
    expect(await ask(raw('float32', ['N', 2]), '{"instances":[{"INPUT0":[1,2]}]}')).toEqual([{ OUTPUT0: [1, 2] }]);
    expect(await ask(raw('string', ['N']), '{"instances":["a","b"]}')).toEqual([{ OUTPUT0: 'a' }, { OUTPUT0: 'b' }]);
    expect(await ask(raw('float32', ['N', 'H', 2]), '{"instances":[[[1,2],[3,4],[5,6]]]}')).toEqual([
      {
        OUTPUT0: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      },
    ]);
    expect(await ask(raw('float32', [1, 2]), '{"instances":[[1,2]]}')).toEqual([{ OUTPUT0: [1, 2] }]);
    expect(await ask(raw('float32', []), '{"instances":[5]}')).toEqual([{ OUTPUT0: 5 }]);
    expect(await ask(raw('float32', null), '{"instances":[[1,2],[3,4]]}')).toEqual([
      { OUTPUT0: [1, 2] },
      { OUTPUT0: [3, 4] },
    ]);
  });

  it('takes rows and whole tensors of several inputs, 64-bit integers exact', async () => {
    const under = handlerOf([simple(['N', 2])]);
    const rows = '{"instances":[{"INPUT1":[1,1],"INPUT0":[9007199254740992,2]},{"INPUT0":[3,4],"INPUT1":[0,0]}]}';
    const tensors = '{"inputs":{"INPUT0":[[9007199254740992,2],[3,4]],"INPUT1":[[1,1],[0,0]]}}';
    for (const body of [rows, tensors]) {
      const response = await under.send('POST', '/predict', body);
      expect(String(response.body)).toContain(
        '"predictions":[{"OUTPUT0":[9007199254740993,3],"OUTPUT1":[9007199254740991,1]},{"OUTPUT0":[3,4],"OUTPUT1":[3,4]}]',
      );
    }
  });

  it('takes one call of a model without a batch dimension', async () => {
    const under = handlerOf([simple([2])]);
    const { body } = await under.json('POST', '/predict', '{"instances":[{"INPUT0":[1,2],"INPUT1":[1,1]}]}');
    expect(body).toHaveProperty('predictions', [{ OUTPUT0: [2, 3], OUTPUT1: [0, 1] }]);
    const two = await errorsOf(
      '{"instances":[{"INPUT0":[1,2],"INPUT1":[1,1]},{"INPUT0":[1,2],"INPUT1":[1,1]}]}',
      under,
    );
    expect(two).toEqual(['/instances maxRows: one row: the model has no open batch dimension']);
  });

  it('says where shapes and elements are wrong', async () => {
    const under = handlerOf([simple(['N', 2])]);
    expect(await errorsOf('{"instances":[{"INPUT0":[1,"x"],"INPUT1":[1]},{"BIAS":[1],"y":2},7]}', under)).toEqual([
      '/instances/0/INPUT0/1 type: an integer from -9223372036854775808 to 9223372036854775807',
      '/instances/0/INPUT1 shape: an array of length 2',
      '/instances/1/BIAS unknown: nothing: the runtime always uses the default that the model holds',
      '/instances/1/y unknown: no member but the inputs of the model',
      expect.stringMatching(/^\/instances\/1\/INPUT0 missing/),
      expect.stringMatching(/^\/instances\/1\/INPUT1 missing/),
      '/instances/2 type: an object with "INPUT0", "INPUT1"',
    ]);
    expect(await errorsOf('{"inputs":{"INPUT0":[[1,2],[3,4]],"INPUT1":[[1,2]]}}', under)).toEqual([
      '/inputs/INPUT1 shape: 2 rows, as the first input has',
    ]);
    expect(await errorsOf('{"instances":[[1,2,3],[1,2]]}', handlerOf([raw('float32', ['N', 'M'])]))).toEqual([
      '/instances/1 shape: an array of length 3',
    ]);
    expect(await errorsOf('{"inputs":{"INPUT0":[[1,2],[3]]}}', handlerOf([raw('float32', ['N', 'M'])]))).toEqual([
      '/inputs/INPUT0/1 shape: an array of length 2',
    ]);
    expect(await errorsOf('{"instances":["a\\u0000b"]}', handlerOf([raw('string', ['N'])]))).toEqual([
      '/instances/0 type: a string without NUL characters and unpaired surrogates',
    ]);
  });

  it('gives the engine rows to count, and tensors in buffers of their own', async () => {
    let rows = 0;
    const watch: FakeModel = (inputs) => {
      const { data, dims } = inputs.get('INPUT0') ?? { data: [], dims: [] };
      rows = dims[0] ?? 0;
      if (!Array.isArray(data)) expect(data.buffer.byteLength).toBe(data.byteLength);
      return identity(inputs);
    };
    const under = handlerOf([{ ...raw('float32', ['N', 2]), compute: watch }]);
    expect((await under.json('POST', '/predict', '{"instances":[[1,2],[3,4],[5,6]]}')).status).toBe(200);
    expect(rows).toBe(3);
  });
});

import { describe, expect, it } from 'vitest';
import type { ServableType } from '../../src/model/element-type.ts';
import { ELEMENT_TYPES } from '../../src/model/element-type.ts';
import { identity, sumAndDifference } from '../support/fake-engine.ts';
import { handlerOf, type ModelUnderTest, tensorValue } from './support.ts';

const SIMPLE: ModelUnderTest = {
  name: 'simple',
  compute: sumAndDifference,
  signature: {
    inputs: [tensorValue('INPUT0', 'int32', ['N', 4]), tensorValue('INPUT1', 'int32', ['N', 4])],
    defaultedInputs: [tensorValue('BIAS', 'float32', [1])],
    outputs: [tensorValue('OUTPUT0', 'int32', ['N', 4]), tensorValue('OUTPUT1', 'int32', ['N', 4])],
  },
};
const identityOf = (type: ServableType, shape: readonly (number | string)[] | null = ['N']): ModelUnderTest => ({
  name: 'identity',
  compute: identity,
  signature: {
    inputs: [tensorValue('INPUT0', type, shape)],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', type, shape)],
  },
});

const A = '{"name":"INPUT0","shape":[1,4],"datatype":"INT32","data":[1,2,3,4]}';
const B = '{"name":"INPUT1","shape":[1,4],"datatype":"INT32","data":[-1,-1,-1,-1]}';
const PATH = '/v2/models/simple/infer';
const { json, send, engine } = handlerOf([SIMPLE]);

describe('a V2 inference', () => {
  it('is answered as the protocol says, byte for byte', async () => {
    const response = await send('POST', PATH, `{"id":"42","inputs":[${A},${B}]}`);
    expect(response.status).toBe(200);
    expect(response.headers['Content-Type']).toBe('application/json');
    expect(response.body).toBe(
      '{"id":"42","model_name":"simple","model_version":"1.4.0","outputs":[' +
        '{"name":"OUTPUT0","datatype":"INT32","shape":[1,4],"data":[0,1,2,3]},' +
        '{"name":"OUTPUT1","datatype":"INT32","shape":[1,4],"data":[2,3,4,5]}]}',
    );
  });

  it('leaves out the id when none, or an empty one, was sent', async () => {
    for (const id of ['', '"id":"",']) {
      const { body } = await json('POST', PATH, `{${id}"inputs":[${A},${B}]}`);
      expect(body).not.toHaveProperty('id');
      expect(body).toHaveProperty('model_version', '1.4.0');
    }
  });

  it('answers the outputs asked for, in that order, and all when the list is empty', async () => {
    const names = async (outputs: string) => {
      const { body } = await json('POST', PATH, `{"inputs":[${A},${B}],"outputs":${outputs}}`);
      return (body as { outputs: { name: string }[] }).outputs.map((output) => output.name);
    };
    expect(await names('[{"name":"OUTPUT1"},{"name":"OUTPUT0","parameters":{"binary_data":false}}]')).toEqual([
      'OUTPUT1',
      'OUTPUT0',
    ]);
    expect(await names('[{"name":"OUTPUT1"}]')).toEqual(['OUTPUT1']);
    expect(await names('[]')).toEqual(['OUTPUT0', 'OUTPUT1']);
  });

  it('takes inputs in any order, members in any order, and nested data', async () => {
    const shuffled =
      '{"data":[[1,2,3,4]],"parameters":{},"datatype":"INT32","shape":[1,4],"name":"INPUT0","other":{"x":[1]}}';
    const { status, body } = await json(
      'POST',
      PATH,
      `{"model_name":"simple","inputs":[${B},${shuffled}],"parameters":{"priority":1}}`,
    );
    expect(status).toBe(200);
    expect(body).toHaveProperty('outputs.1.data', [2, 3, 4, 5]);
  });

  it('steps over parameters without reading their values', async () => {
    const send = async (parameters: string) =>
      (await json('POST', PATH, `{"parameters":${parameters},"inputs":[${A},${B}]}`)).status;
    for (const passed of ['null', '{}', '{"x":1e400}', '{"x":{"y":[{"z":1}]}}', '{"binary_data_output":true}']) {
      expect(await send(passed), passed).toBe(200);
    }
    for (const bad of ['1', '[]', '"x"', '{"x":1,"x":2}', '{"x":{"y":1,"y":2}}', '{"x":[1,]}', '{"x"}', 'nul']) {
      expect(await send(bad), bad).toBe(400);
    }
  });

  it('takes the model version in the path, and percent-encoded names', async () => {
    expect((await json('POST', '/v2/models/simple/versions/1.4.0/infer', `{"inputs":[${A},${B}]}`)).status).toBe(200);
    expect((await json('POST', '/v2/models/%73imple/infer?x=1', `{"inputs":[${A},${B}]}`)).status).toBe(200);
  });

  it('carries every element type there and back without loss', async () => {
    const values: Readonly<Record<ServableType, string>> = {
      bool: '[true,false]',
      int8: '[-128,127]',
      uint8: '[0,255]',
      int16: '[-32768,32767]',
      uint16: '[0,65535]',
      int32: '[-2147483648,2147483647]',
      uint32: '[0,4294967295]',
      int64: '[-9223372036854775808,9007199254740993]',
      uint64: '[0,18446744073709551615]',
      float16: '[0.1,65504]',
      float32: '[0.1,3.4028235e+38]',
      float64: '[0.1,1.7976931348623157e+308]',
      string: '["é","\\"quoted\\""]',
    };
    for (const [type, data] of Object.entries(values) as [ServableType, string][]) {
      const under = handlerOf([identityOf(type)]);
      const datatype = ELEMENT_TYPES[type].protocol;
      const response = await under.send(
        'POST',
        '/v2/models/identity/infer',
        `{"inputs":[{"name":"INPUT0","datatype":"${datatype}","shape":[2],"data":${data}}]}`,
      );
      const expected = type === 'float16' ? '[0.099975586,65504]' : data;
      expect(String(response.body), type).toContain(`"datatype":"${datatype}","shape":[2],"data":${expected}`);
    }
  });

  it('takes bare NaN and Infinity for floats and answers null', async () => {
    const under = handlerOf([identityOf('float32')]);
    const { status, body } = await under.json(
      'POST',
      '/v2/models/identity/infer',
      '{"inputs":[{"data":[NaN,Infinity,-Infinity,1],"name":"INPUT0","datatype":"FP32","shape":[4]}]}',
    );
    expect(status).toBe(200);
    expect(body).toHaveProperty('outputs.0.data', [null, null, null, 1]);
    expect(under.engine.last?.get('INPUT0')?.data).toEqual(Float32Array.of(NaN, Infinity, -Infinity, 1));
  });

  it('serves scalars, empty tensors and tensors of unknown rank', async () => {
    const ask = async (shape: readonly (number | string)[] | null, dims: string, data: string) => {
      const under = handlerOf([identityOf('float32', shape)]);
      const body = `{"inputs":[{"name":"INPUT0","datatype":"FP32","shape":${dims},"data":${data}}]}`;
      const answer = await under.json('POST', '/v2/models/identity/infer', body);
      return (answer.body as { outputs?: { shape: number[]; data: number[] }[] }).outputs?.[0] ?? answer.body;
    };
    expect(await ask([], '[]', '[5]')).toMatchObject({ shape: [], data: [5] });
    expect(await ask(['N', 3], '[0,3]', '[]')).toMatchObject({ shape: [0, 3], data: [] });
    expect(await ask(['N', 'M'], '[2,0]', '[[],[]]')).toMatchObject({ shape: [2, 0], data: [] });
    expect(await ask(null, '[1,2,1]', '[[[1],[2]]]')).toMatchObject({ shape: [1, 2, 1], data: [1, 2] });
  });
});

describe('the timeout of a V2 request', () => {
  const wait = async (parameters: string, headers: Readonly<Record<string, string>> = {}): Promise<number> => {
    const under = handlerOf([SIMPLE], { requestTimeoutMs: 30_000 });
    const { infer } = under.engine;
    let ms = Number.NaN;
    under.engine.infer = (request) => {
      ms = (request.deadline ?? 0) - performance.now();
      return infer(request);
    };
    const body = `{"inputs":[${A},${B}],"parameters":${parameters}}`;
    expect((await under.send('POST', PATH, body, headers)).status).toBe(200);
    return ms;
  };

  it('is in microseconds, and shortens the time that the request may wait', async () => {
    expect(await wait('{"timeout":2000000}')).toBeGreaterThan(1500);
    expect(await wait('{"timeout":2000000}')).toBeLessThanOrEqual(2000);
    expect(await wait('{"timeout":2000000}', { 'x-request-timeout-ms': '1000' })).toBeLessThanOrEqual(1000);
    expect(await wait('{"timeout":1000}')).toBeLessThanOrEqual(1);
  });

  it('is none when it is 0 or absent, and never longer than the limit of the service', async () => {
    for (const parameters of ['{}', '{"timeout":0}', '{"timeout":null}', '{"timeout":18446744073709551615}']) {
      const ms = await wait(parameters);
      expect(ms).toBeGreaterThan(29_000);
      expect(ms).toBeLessThanOrEqual(30_000);
    }
  });
});

describe('an output asked for by its classes', () => {
  const SCORES: ModelUnderTest = {
    ...identityOf('float32', ['N', 3]),
    outputs: [{ name: 'kind', from: 'OUTPUT0', labels: ['cat', 'dog', 'emu'], argmax: true }],
  };
  const ask = async (model: ModelUnderTest, parameters: string) => {
    const under = handlerOf([model]);
    const datatype = ELEMENT_TYPES[model === SCORES ? 'float32' : 'float16'].protocol;
    const input = `{"name":"INPUT0","shape":[2,3],"datatype":"${datatype}","data":[0.1,0.7,0.2,5,3,4]}`;
    const outputs = `[{"name":"OUTPUT0","parameters":${parameters}}]`;
    return under.send('POST', '/v2/models/identity/infer', `{"inputs":[${input}],"outputs":${outputs}}`);
  };

  it('is text, largest first, with the labels of mlserve.yaml', async () => {
    const response = await ask(SCORES, '{"classification":2}');
    expect(JSON.parse(String(response.body)).outputs).toEqual([
      {
        name: 'OUTPUT0',
        datatype: 'BYTES',
        shape: [2, 2],
        data: ['0.700000:1:dog', '0.200000:2:emu', '5.000000:0:cat', '4.000000:2:emu'],
      },
    ]);
  });

  it('comes as bytes where it is asked for so', async () => {
    const { headers, blobs = [] } = await ask(SCORES, '{"binary_data":true,"classification":1}');
    expect(headers['Content-Type']).toBe('application/octet-stream');
    // Python's `struct.pack('<I', 14) + b'0.700000:1:dog'` and the same for the second row.
    const expected = '0e000000302e3730303030303a313a646f670e000000352e3030303030303a303a636174';
    expect(Buffer.concat(blobs).toString('hex')).toBe(expected);
  });

  it('is refused before the run where the type has no order', async () => {
    const response = await ask(identityOf('float16', ['N', 3]), '{"classification":1}');
    expect(response.status).toBe(400);
    expect(JSON.parse(String(response.body)).error).toBe(
      "class result not available for output due to unsupported type 'FP16'",
    );
  });
});

describe('the refusals of a V2 inference', () => {
  const one = (members: string) => `{"inputs":[{${members}},${B}]}`;
  const cases: readonly [situation: string, body: string, text: string | RegExp][] = [
    [
      'an unknown output',
      `{"inputs":[${A},${B}],"outputs":[{"name":"O"}]}`,
      "unexpected inference output 'O' for model 'simple'",
    ],
    [
      'an output asked twice',
      `{"inputs":[${A},${B}],"outputs":[{"name":"OUTPUT0"},{"name":"OUTPUT0"}]}`,
      "output 'OUTPUT0' already exists in request",
    ],
    [
      'an unknown input',
      one('"name":"I","shape":[1],"datatype":"INT32","data":[1]'),
      "unexpected inference input 'I' for model 'simple'",
    ],
    [
      'a prototype name as input',
      one('"name":"__proto__","shape":[1],"datatype":"INT32","data":[1]'),
      "unexpected inference input '__proto__' for model 'simple'",
    ],
    [
      'an input that the runtime would ignore',
      one('"name":"BIAS","shape":[1],"datatype":"FP32","data":[1]'),
      /^unexpected inference input 'BIAS' for model 'simple'\. The runtime always uses the default/,
    ],
    ['an input given twice', `{"inputs":[${A},${A}]}`, "input 'INPUT0' already exists in request"],
    [
      'a missing input',
      `{"inputs":[${A}]}`,
      "expected 2 inputs but got 1 inputs for model 'simple'. Got input(s) ['INPUT0'], but missing required input(s) ['INPUT1']. Please provide all required input(s).",
    ],
    [
      'a wrong datatype',
      one('"name":"INPUT0","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]'),
      "inference input 'INPUT0' data-type is 'FP32', but model 'simple' expects 'INT32'",
    ],
    [
      'a datatype nobody knows',
      one('"name":"INPUT0","shape":[1,4],"datatype":"BF16","data":[1,2,3,4]'),
      "inference input 'INPUT0' data-type is 'BF16', but model 'simple' expects 'INT32'",
    ],
    [
      'a wrong shape',
      one('"name":"INPUT0","shape":[1,5],"datatype":"INT32","data":[1,2,3,4,5]'),
      /^unexpected shape for input 'INPUT0' for model 'simple'\. Expected \[-1,4\], got \[1,5\]\./,
    ],
    [
      'a wrong rank',
      one('"name":"INPUT0","shape":[4],"datatype":"INT32","data":[1,2,3,4]'),
      /^unexpected shape for input 'INPUT0' for model 'simple'\. Expected \[-1,4\], got \[4\]\./,
    ],
    [
      'too large a batch',
      `{"inputs":[${A},${B}]}`
        .replaceAll('[1,4]', '[9,4]')
        .replaceAll(/"data":\[[^\]]*\]/g, `"data":[${Array(36).fill(1)}]`),
      "inference request batch-size must be <= 8 for 'simple'",
    ],
    [
      'different batch sizes',
      `{"inputs":[{"name":"INPUT0","shape":[2,4],"datatype":"INT32","data":[1,2,3,4,5,6,7,8]},${B}]}`,
      /^input 'INPUT1' batch size does not match/,
    ],
    [
      'too little data',
      one('"name":"INPUT0","shape":[1,4],"datatype":"INT32","data":[1,2,3]'),
      "Failed to parse 'data' field: shape does not match true shape",
    ],
    [
      'too much data',
      one('"name":"INPUT0","shape":[1,4],"datatype":"INT32","data":[1,2,3,4,5]'),
      "Unable to parse 'data': Shape does not match true shape of 'data' field",
    ],
    [
      'nested data of another shape',
      one('"name":"INPUT0","shape":[1,4],"datatype":"INT32","data":[[1,2],[3,4]]'),
      "Unable to parse 'data': Shape does not match true shape of 'data' field",
    ],
    [
      'a negative dimension',
      one('"name":"INPUT0","shape":[-1,4],"datatype":"INT32","data":[]'),
      "Unable to parse 'shape': attempt to access JSON non-unsigned-integer as unsigned-integer",
    ],
    [
      'a fractional dimension',
      one('"name":"INPUT0","shape":[1.5,4],"datatype":"INT32","data":[]'),
      /non-unsigned-integer/,
    ],
    [
      'a shape whose product overflows',
      one('"name":"INPUT0","shape":[9007199254740991,4],"datatype":"INT32","data":[]'),
      /causes total element count to exceed maximum size of/,
    ],
    [
      'a dimension beyond 2^53',
      one('"name":"INPUT0","shape":[18446744073709551616,4],"datatype":"INT32","data":[]'),
      /causes total element count to exceed maximum size of/,
    ],
    [
      'no elements, but a dimension the runtime cannot count',
      one('"name":"INPUT0","shape":[4294967296,0],"datatype":"INT32","data":[]'),
      /causes total element count to exceed maximum size of/,
    ],
    [
      'more elements than the body could hold',
      one('"name":"INPUT0","shape":[1000000000000,4],"datatype":"INT32","data":[1]'),
      /shape does not match true shape/,
    ],
    [
      'no data',
      one('"name":"INPUT0","shape":[1,4],"datatype":"INT32"'),
      /^input 'INPUT0' must have exactly one source of data/,
    ],
    [
      'null data',
      one('"name":"INPUT0","shape":[1,4],"datatype":"INT32","data":null'),
      /^input 'INPUT0' must have exactly one source of data/,
    ],
    ['data that is no array', one('"name":"INPUT0","shape":[1,4],"datatype":"INT32","data":5'), /it is not an array/],
    [
      'an element of another type',
      one('"name":"INPUT0","shape":[1,4],"datatype":"INT32","data":[1,2,"3",4]'),
      "Unable to parse 'data' of input 'INPUT0': element 2 is not an integer from -2147483648 to 2147483647",
    ],
    [
      'an element out of range',
      one('"name":"INPUT0","shape":[1,4],"datatype":"INT32","data":[1,2,3,2147483648]'),
      /^Unable to parse 'data' of input 'INPUT0': element 3 is not an integer/,
    ],
    [
      '1e400',
      one('"name":"INPUT0","shape":[1,4],"datatype":"INT32","data":[1e400,2,3,4]'),
      /element 0 is not an integer/,
    ],
    [
      'NaN for an integer',
      one('"name":"INPUT0","shape":[1,4],"datatype":"INT32","data":[NaN,2,3,4]'),
      /element 0 is not an integer/,
    ],
    [
      'bytes that are not there',
      one('"name":"INPUT0","shape":[1,4],"datatype":"INT32","parameters":{"binary_data_size":16}'),
      "unexpected size for input 'INPUT0', expecting 16 additional bytes for model 'simple'",
    ],
    [
      'shared memory',
      one('"name":"INPUT0","shape":[1,4],"datatype":"INT32","parameters":{"shared_memory_region":"r"}'),
      /shared memory/,
    ],
    [
      'no classes',
      `{"inputs":[${A},${B}],"outputs":[{"name":"OUTPUT0","parameters":{"classification":0}}]}`,
      "Unable to parse parameter 'classification': it is not greater than 0",
    ],
    [
      'classes that are no number',
      `{"inputs":[${A},${B}],"outputs":[{"name":"OUTPUT0","parameters":{"classification":"3"}}]}`,
      "Unable to parse parameter 'classification': attempt to access JSON non-unsigned-integer as unsigned-integer",
    ],
    ['no inputs', '{}', /the request has no array of inputs/],
    ['inputs that are no array', '{"inputs":{}}', /it is not an array/],
    ['an input that is no object', '{"inputs":[1]}', /an element is not an object/],
    ['an input without a name', '{"inputs":[{"shape":[1],"datatype":"INT32","data":[1]}]}', /has no 'name' string/],
    ['an id that is no string', '{"id":1,"inputs":[]}', /^Unable to parse 'id'/],
    ['an empty body', '', /^The body is not valid JSON: expected an object at byte 0/],
    ['a body cut short', `{"inputs":[${A}`, /^The body is not valid JSON/],
    ['text after the body', `{"inputs":[${A},${B}]} x`, /^The body is not valid JSON: expected the end/],
    ['NaN outside of data', `{"parameters":{"x":NaN},"inputs":[${A},${B}]}`, /^The body is not valid JSON/],
    ['a key twice', `{"inputs":[${A},${B}],"inputs":[]}`, /the same key twice/],
    [
      'a key twice in an input',
      one('"name":"INPUT0","name":"INPUT0","shape":[1,4],"datatype":"INT32","data":[1,2,3,4]'),
      /the same key twice/,
    ],
    ['nesting too deep', `{"x":${'['.repeat(200)}${']'.repeat(200)}}`, /nested deeper than 100 levels/],
  ];
  it.each(cases)('%s is a 400 with a text', async (_situation, body, text) => {
    const calls = engine.calls;
    const response = await send('POST', PATH, body);
    expect(response.status).toBe(400);
    expect(response.headers['Content-Type']).toBe('application/json');
    const { error, ...rest } = JSON.parse(String(response.body));
    expect(rest).toEqual({});
    if (typeof text === 'string') expect(error).toBe(text);
    else expect(error).toMatch(text);
    expect(engine.calls).toBe(calls);
    expect((await json('POST', PATH, `{"inputs":[${A},${B}]}`)).status).toBe(200);
  });

  it('refuses bytes that are not UTF-8, and strings that the runtime would change', async () => {
    const under = handlerOf([identityOf('string')]);
    const around = (text: string) => `{"inputs":[{"name":"INPUT0","datatype":"BYTES","shape":[1],"data":["${text}"]}]}`;
    const bad = new TextEncoder().encode(around('x'));
    bad[bad.indexOf(0x78)] = 0xff;
    expect((await under.json('POST', '/v2/models/identity/infer', bad)).body).toEqual({
      error: 'The body is not valid JSON: it is not UTF-8.',
    });
    for (const text of ['he\\u0000llo', '\\ud800']) {
      const { status, body } = await under.json('POST', '/v2/models/identity/infer', around(text));
      expect(status).toBe(400);
      expect(body).toHaveProperty(
        'error',
        "Unable to parse 'data' of input 'INPUT0': element 0 is not a string without NUL characters and unpaired surrogates",
      );
    }
  });

  it('answers 404 for unknown models and versions, 503 for a model that is not ready', async () => {
    expect(await json('POST', '/v2/models/X/infer', '{}')).toEqual({
      status: 404,
      body: { error: "Request for unknown model: 'X' is not found" },
    });
    expect(await json('POST', '/v2/models/simple/versions/99/infer', '{}')).toEqual({
      status: 404,
      body: { error: "Request for unknown model: 'simple' version 99 is not found" },
    });
    engine.set('loading');
    expect(await json('POST', PATH, '{}')).toEqual({
      status: 503,
      body: { error: "Request for unknown model: 'simple' version 1.4.0 is not at ready state" },
    });
    engine.set('ready');
  });
});

describe('V2 metadata and health', () => {
  it('describes the server, and names the extensions that are served', async () => {
    const extensions = [
      'binary_tensor_data',
      'classification',
      'model_configuration',
      'model_repository',
      'parameters',
      'statistics',
    ];
    for (const path of ['/v2', '/v2/']) {
      const { status, body } = await json('GET', path);
      expect(status).toBe(200);
      expect(body).toEqual({ name: 'mlserve', version: expect.stringMatching(/^\d+\.\d+\.\d+/), extensions });
    }
  });

  it('describes a model', async () => {
    const expected = {
      name: 'simple',
      versions: ['1.4.0'],
      platform: 'onnxruntime_onnx',
      inputs: [
        { name: 'INPUT0', datatype: 'INT32', shape: [-1, 4] },
        { name: 'INPUT1', datatype: 'INT32', shape: [-1, 4] },
      ],
      outputs: [
        { name: 'OUTPUT0', datatype: 'INT32', shape: [-1, 4] },
        { name: 'OUTPUT1', datatype: 'INT32', shape: [-1, 4] },
      ],
      properties: {
        digest: expect.stringMatching(/^sha256:/),
        graph: expect.anything(),
        weights: expect.anything(),
        signature: expect.anything(),
      },
    };
    expect((await json('GET', '/v2/models/simple')).body).toEqual(expected);
    expect((await json('GET', '/v2/models/simple/versions/1.4.0')).body).toEqual(expected);
    expect((await json('GET', '/v2/models/other')).status).toBe(404);
  });

  it('is live and ready as KServe and Triton clients read it', async () => {
    expect(await json('GET', '/v2/health/live')).toEqual({ status: 200, body: { live: true } });
    expect(await json('GET', '/v2/health/ready')).toEqual({ status: 200, body: { ready: true } });
    expect(await json('GET', '/v2/models/simple/ready')).toEqual({
      status: 200,
      body: { name: 'simple', ready: true },
    });
    engine.set('warming');
    expect(await json('GET', '/v2/health/live')).toMatchObject({ status: 200, body: { live: true } });
    expect(await json('GET', '/v2/health/ready')).toEqual({
      status: 503,
      body: { ready: false, error: 'not all models are ready' },
    });
    expect(await json('GET', '/v2/models/simple/ready')).toEqual({
      status: 503,
      body: {
        name: 'simple',
        ready: false,
        error: "Request for unknown model: 'simple' version 1.4.0 is not at ready state",
      },
    });
    engine.set('ready');
  });
});

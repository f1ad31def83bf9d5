import { describe, expect, it } from 'vitest';
import { ELEMENT_TYPES, type ServableType } from '../../src/model/element-type.ts';
import type { Tensor } from '../../src/model/tensor.ts';
import type { Response } from '../../src/server/contract.ts';
import { identity, sumAndDifference } from '../support/fake-engine.ts';
import { type HandlerUnderTest, handlerOf, type ModelUnderTest, tensorValue } from './support.ts';

const SIMPLE: ModelUnderTest = {
  name: 'simple',
  version: '1',
  compute: sumAndDifference,
  signature: {
    inputs: [tensorValue('INPUT0', 'int32', ['N', 16]), tensorValue('INPUT1', 'int32', ['N', 16])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'int32', ['N', 16]), tensorValue('OUTPUT1', 'int32', ['N', 16])],
  },
};
type Shape = readonly (number | string)[] | null;
const identityOf = (type: ServableType, shape: Shape): ModelUnderTest => ({
  name: 'm',
  compute: identity,
  signature: {
    inputs: [tensorValue('INPUT0', type, shape)],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', type, shape)],
  },
});
const LENGTH = 'inference-header-content-length';
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/[\s|]/g, ''), 'hex');
const bytesOf = ({ body, blobs = [] }: Response): Buffer => Buffer.concat([Buffer.from(body), ...blobs]);

/** A request of JSON and blobs, with the header that says where the JSON ends. */
function post(under: HandlerUnderTest, model: string, json: string, ...blobs: Uint8Array[]): Promise<Response> {
  const body = Buffer.concat([Buffer.from(json), ...blobs]);
  return under.send('POST', `/v2/models/${model}/infer`, body, { [LENGTH]: String(Buffer.byteLength(json)) });
}
async function refusal(answer: Promise<Response>): Promise<string> {
  const { status, headers, body } = await answer;
  expect([status, headers['Content-Type']]).toEqual([400, 'application/json']);
  return JSON.parse(String(body)).error;
}

// The request and answer of `facts`: computed by hand from the protocol's text, not by this code.
const GOLDEN_REQUEST =
  '{"id":"42","inputs":[{"name":"INPUT0","shape":[1,16],"datatype":"INT32","parameters":{"binary_data_size":64}},{"name":"INPUT1","shape":[1,16],"datatype":"INT32","parameters":{"binary_data_size":64}}],"outputs":[{"name":"OUTPUT0","parameters":{"binary_data":true}},{"name":"OUTPUT1","parameters":{"binary_data":false}}]}';
const GOLDEN_ANSWER =
  '{"id":"42","model_name":"simple","model_version":"1","outputs":[{"name":"OUTPUT0","datatype":"INT32","shape":[1,16],"parameters":{"binary_data_size":64}},{"name":"OUTPUT1","datatype":"INT32","shape":[1,16],"data":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}]}';
const INPUT0 = hex(Array.from({ length: 16 }, (_, at) => `${at.toString(16).padStart(2, '0')}000000`).join(''));
const INPUT1 = hex('ffffffff'.repeat(16));
const OUTPUT0 = hex(
  `ffffffff ${Array.from({ length: 15 }, (_, at) => `${at.toString(16).padStart(2, '0')}000000`).join('')}`,
);

describe('tensors as bytes', () => {
  it('go in and come out as the protocol says, byte for byte', async () => {
    expect(Buffer.byteLength(GOLDEN_REQUEST)).toBe(319);
    const response = await post(handlerOf([SIMPLE]), 'simple', GOLDEN_REQUEST, INPUT0, INPUT1);
    expect(response.status).toBe(200);
    expect(response.headers['Content-Type']).toBe('application/octet-stream');
    expect(response.headers['Inference-Header-Content-Length']).toBe('256');
    expect(bytesOf(response).equals(Buffer.concat([Buffer.from(GOLDEN_ANSWER), OUTPUT0]))).toBe(true);
    expect(bytesOf(response).length).toBe(320);
  });

  // numpy's `tobytes()` of two values of each type.
  const NUMPY: readonly [ServableType, string, string][] = [
    ['bool', '0100', '[true,false]'],
    ['int8', '807f', '[-128,127]'],
    ['uint8', '00ff', '[0,255]'],
    ['int16', '0080ff7f', '[-32768,32767]'],
    ['uint16', '0100ffff', '[1,65535]'],
    ['int32', '00000080ffffff7f', '[-2147483648,2147483647]'],
    ['uint32', '01000000ffffffff', '[1,4294967295]'],
    ['int64', '00000000000000800100000000002000', '[-9223372036854775808,9007199254740993]'],
    ['uint64', '0100000000000000ffffffffffffffff', '[1,18446744073709551615]'],
    ['float16', '662eff7b', '[0.099975586,65504]'],
    ['float32', 'cdcccc3dffff7f7f', '[0.1,3.4028235e+38]'],
    ['float64', '9a9999999999b93f000000000000f0ff', '[0.1,null]'],
  ];
  it.each(NUMPY)('of type %s are those of numpy, wherever they lie in the body', async (type, bytes, text) => {
    const under = handlerOf([identityOf(type, ['N'])]);
    const datatype = ELEMENT_TYPES[type].protocol;
    const blob = hex(bytes);
    for (const space of ['', ' ', '  ', '    ', '       ']) {
      const json = (parameters: string) =>
        `${space}{"inputs":[{"name":"INPUT0","shape":[2],"datatype":"${datatype}","parameters":{"binary_data_size":${blob.length}}}],"parameters":${parameters}}`;
      const asBytes = await post(under, 'm', json('{"binary_data_output":true}'), blob);
      const start = Number(asBytes.headers['Inference-Header-Content-Length']);
      expect(bytesOf(asBytes).subarray(start).toString('hex')).toBe(bytes);
      const asJson = await post(under, 'm', json('{}'), blob);
      expect(String(asJson.body)).toContain(`"datatype":"${datatype}","shape":[2],"data":${text}`);
      expect(asJson.headers).not.toHaveProperty('Inference-Header-Content-Length');
    }
  });

  it('of type BYTES have a length before each element', async () => {
    const under = handlerOf([identityOf('string', ['N'])]);
    const blob = hex('01000000 61 | 00000000 | 02000000 c3a9');
    const json =
      '{"inputs":[{"name":"INPUT0","shape":[3],"datatype":"BYTES","parameters":{"binary_data_size":15}}],"outputs":[{"name":"OUTPUT0","parameters":{"binary_data":true}}]}';
    const response = await post(under, 'm', json, blob);
    expect(under.engine.last?.get('INPUT0')?.data).toEqual(['a', '', 'é']);
    expect(String(response.body)).toContain('"parameters":{"binary_data_size":15}');
    expect(Buffer.concat(response.blobs ?? []).equals(blob)).toBe(true);
  });

  it('are not copied where they are aligned', async () => {
    const under = handlerOf([identityOf('float32', ['N'])]);
    const body = (pad: number) => {
      const json = '{"inputs":[{"name":"INPUT0","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}';
      const padded = json.padEnd(json.length + (4 - (json.length % 4)) + pad);
      return { bytes: Buffer.from(`${padded}01234567`), length: padded.length };
    };
    const buffers: ArrayBufferLike[] = [];
    for (const pad of [0, 1]) {
      const { bytes, length } = body(pad);
      const whole = new Uint8Array(new ArrayBuffer(bytes.length));
      whole.set(bytes);
      await under.send('POST', '/v2/models/m/infer', whole, { [LENGTH]: String(length) });
      const data = under.engine.last?.get('INPUT0')?.data as Float32Array;
      expect([...new Uint8Array(data.buffer, data.byteOffset, 8)]).toEqual([...Buffer.from('01234567')]);
      buffers.push(data.buffer === whole.buffer ? whole.buffer : new ArrayBuffer(0));
    }
    expect(buffers.map(({ byteLength }) => byteLength > 0)).toEqual([true, false]);
  });
});

describe('which outputs come as bytes', () => {
  const input = '{"name":"INPUT0","shape":[1,16],"datatype":"INT32","parameters":{"binary_data_size":64}}';
  const inputs = `"inputs":[${input},${input.replace('INPUT0', 'INPUT1')}]`;
  const under = handlerOf([SIMPLE]);
  const forms = async (members: string): Promise<string> => {
    const response = await post(under, 'simple', `{${inputs}${members}}`, INPUT0, INPUT1);
    expect(response.status, String(response.body)).toBe(200);
    const { outputs } = JSON.parse(String(response.body)) as { outputs: { data?: unknown; parameters?: unknown }[] };
    return outputs
      .map(({ data, parameters }) => (data === undefined && parameters !== undefined ? 'bytes' : 'json'))
      .join(' ');
  };

  it.each([
    ['', 'json json'],
    [',"outputs":[]', 'json json'],
    [',"parameters":{"binary_data_output":true}', 'bytes bytes'],
    [',"parameters":{"binary_data_output":false}', 'json json'],
    [',"parameters":{"binary_data_output":null}', 'json json'],
    [',"outputs":[],"parameters":{"binary_data_output":true}', 'bytes bytes'],
    // A listed output is JSON unless it asks for bytes itself.
    [',"outputs":[{"name":"OUTPUT0"}],"parameters":{"binary_data_output":true}', 'json'],
    [
      ',"outputs":[{"name":"OUTPUT0","parameters":{}},{"name":"OUTPUT1","parameters":{"binary_data":true}}]',
      'json bytes',
    ],
    [
      ',"outputs":[{"name":"OUTPUT1","parameters":{"binary_data":true}},{"name":"OUTPUT0","parameters":{"binary_data":null}}]',
      'bytes json',
    ],
  ])('%s: %s', async (members, expected) => {
    expect(await forms(members)).toBe(expected);
  });

  it('has blobs in the order of the outputs', async () => {
    const members =
      ',"outputs":[{"name":"OUTPUT1","parameters":{"binary_data":true}},{"name":"OUTPUT0","parameters":{"binary_data":true}}]';
    const { blobs = [] } = await post(under, 'simple', `{${inputs}${members}}`, INPUT0, INPUT1);
    expect(blobs.map((blob) => Buffer.from(blob).readInt32LE())).toEqual([1, -1]);
  });

  it('takes data as JSON for one input and bytes for another', async () => {
    const json = `{"inputs":[{"name":"INPUT1","shape":[1,16],"datatype":"INT32","data":[${Array(16).fill(5)}]},${input}]}`;
    const response = await post(under, 'simple', json, INPUT0);
    expect(JSON.parse(String(response.body)).outputs[0].data).toEqual(Array.from({ length: 16 }, (_, at) => at + 5));
  });

  it('answers an output without bytes as JSON, without a header and without data', async () => {
    const empty = handlerOf([identityOf('float32', ['N', 3])]);
    for (const data of ['', ',"data":null']) {
      const json = `{"inputs":[{"name":"INPUT0","shape":[0,3],"datatype":"FP32","parameters":{"binary_data_size":0}${data}}],"parameters":{"binary_data_output":true}}`;
      const response = await post(empty, 'm', json);
      expect(response.headers['Content-Type']).toBe('application/json');
      expect(response.headers).not.toHaveProperty('Inference-Header-Content-Length');
      expect(JSON.parse(String(response.body)).outputs).toEqual([
        { name: 'OUTPUT0', datatype: 'FP32', shape: [0, 3], parameters: { binary_data_size: 0 } },
      ]);
      expect(response.blobs ?? []).toEqual([]);
    }
  });
});

describe('a body of the tensor alone (header length 0)', () => {
  const raw = async (model: ModelUnderTest, body: Uint8Array) => {
    const under = handlerOf([model]);
    const response = await under.send('POST', '/v2/models/m/infer', body, { [LENGTH]: '0' });
    const { dims, data } = under.engine.last?.get('INPUT0') ?? ({} as Tensor);
    return { response, dims, data: data === undefined ? [] : [...data] };
  };
  const floats = Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);

  it.each([
    [
      ['N', 6],
      [1, 6],
    ],
    [
      ['N', 'M'],
      [1, 6],
    ],
    [
      ['N', 2, 'M'],
      [1, 2, 3],
    ],
    [
      [1, 'M'],
      [1, 6],
    ],
    [
      [2, 'M'],
      [2, 3],
    ],
    [['N'], [6]],
    [[6], [6]],
    [
      [3, 2],
      [3, 2],
    ],
  ] as const)('of a model with shape %j becomes %j, and is answered as bytes', async (shape, expected) => {
    const { response, dims, data } = await raw(identityOf('float32', shape), floats);
    expect(response.status, String(response.body)).toBe(200);
    expect([dims, data]).toEqual([expected, [1, 2, 3, 4, 5, 6]]);
    expect(response.headers['Content-Type']).toBe('application/octet-stream');
    expect(JSON.parse(String(response.body))).toEqual({
      model_name: 'm',
      model_version: '1.4.0',
      outputs: [{ name: 'OUTPUT0', datatype: 'FP32', shape: expected, parameters: { binary_data_size: 24 } }],
    });
    expect(Buffer.concat(response.blobs ?? []).equals(floats)).toBe(true);
  });

  it('is the one text of a model that takes one, without a length', async () => {
    for (const shape of [[1], ['N', 1], ['N'], [1, 1]] as const) {
      const { response, data } = await raw(identityOf('string', shape), Buffer.from('héllo'));
      expect(data).toEqual(['héllo']);
      expect(Buffer.concat(response.blobs ?? []).equals(hex('06000000 68c3a96c6c6f'))).toBe(true);
    }
    expect((await raw(identityOf('string', [1]), Buffer.alloc(0))).data).toEqual(['']);
  });

  const cases: readonly [string, ModelUnderTest, Uint8Array, string][] = [
    [
      'two open dimensions',
      identityOf('float32', ['N', 'M', 'K']),
      floats,
      "The shape of the raw input 'INPUT0' can not be deduced because there are more than one variable-sized dimension",
    ],
    [
      'an unknown rank',
      identityOf('float32', null),
      floats,
      "The shape of the raw input 'INPUT0' can not be deduced because the model does not say its number of dimensions",
    ],
    [
      'several texts',
      identityOf('string', ['N', 2]),
      floats,
      "For BYTE datatype raw input 'INPUT0', the model must have input shape [1]",
    ],
    [
      'open texts',
      identityOf('string', ['N', 'M']),
      floats,
      "For BYTE datatype raw input 'INPUT0', the model must have input shape [1]",
    ],
    [
      'a text that is none',
      identityOf('string', [1]),
      hex('ff'),
      "Unable to parse the data of input 'INPUT0': element 0 is not UTF-8 text without NUL characters",
    ],
    [
      'too many bytes',
      identityOf('float32', [5]),
      floats,
      "input byte size mismatch for input 'INPUT0' for model 'm'. Expected 20, got 24",
    ],
    [
      'bytes that make no row',
      identityOf('float32', ['N', 4, 'M']),
      floats,
      "input byte size mismatch for input 'INPUT0' for model 'm'. Expected a multiple of 16, got 24",
    ],
    [
      'half an element',
      identityOf('float32', ['N']),
      floats.subarray(0, 23),
      "input byte size mismatch for input 'INPUT0' for model 'm'. Expected a multiple of 4, got 23",
    ],
    [
      'two inputs',
      { ...SIMPLE, name: 'm' },
      floats,
      "Raw request must only have 1 input (found 1) to be deduced but got 2 inputs in 'm' model",
    ],
    [
      'too many rows',
      identityOf('float32', ['N']),
      Buffer.alloc(36),
      "inference request batch-size must be <= 8 for 'm'",
    ],
  ];
  it.each(cases)('is refused for %s', async (_what, model, body, text) => {
    expect(await refusal(raw(model, body).then(({ response }) => response))).toBe(text);
  });
});

describe('the refusals of bytes', () => {
  const under = handlerOf([SIMPLE]);
  const strings = handlerOf([identityOf('string', ['N'])]);
  const input = (size: number | string, rest = '') =>
    `{"name":"INPUT0","shape":[1,16],"datatype":"INT32","parameters":{"binary_data_size":${size}}${rest}}`;
  const other = '{"name":"INPUT1","shape":[1,16],"datatype":"INT32","parameters":{"binary_data_size":64}}';
  const both = (first: string) => `{"inputs":[${first},${other}]}`;

  it.each([
    [
      'bytes left over',
      both(input(64)),
      [INPUT0, INPUT1, hex('00')],
      "unexpected additional input data for model 'simple'",
    ],
    [
      'too few bytes',
      both(input(64)),
      [INPUT0, INPUT1.subarray(1)],
      "unexpected size for input 'INPUT1', expecting 64 additional bytes for model 'simple'",
    ],
    [
      'no bytes',
      both(input(64)),
      [],
      "unexpected size for input 'INPUT0', expecting 64 additional bytes for model 'simple'",
    ],
    [
      'a size beyond every body',
      both(input('99999999999999999999')),
      [INPUT0],
      "unexpected size for input 'INPUT0', expecting 100000000000000000000 additional bytes for model 'simple'",
    ],
    [
      'another size than the shape says',
      both(input(60)),
      [INPUT0.subarray(4), INPUT1],
      "input byte size mismatch for input 'INPUT0' for model 'simple'. Expected 64, got 60",
    ],
    [
      'a negative size',
      both(input(-1)),
      [],
      "Unable to parse parameter 'binary_data_size': attempt to access JSON non-unsigned-integer as unsigned-integer",
    ],
    [
      'a size that is no number',
      both(input('"64"')),
      [],
      "Unable to parse parameter 'binary_data_size': attempt to access JSON non-unsigned-integer as unsigned-integer",
    ],
    [
      'a size that is a list',
      both(input('[[64]]')),
      [],
      "Unable to parse parameter 'binary_data_size': attempt to access JSON non-unsigned-integer as unsigned-integer",
    ],
    [
      'data twice',
      both(input(64, ',"data":[1]')),
      [INPUT0, INPUT1],
      "Failed to parse 'data' field: shape does not match true shape",
    ],
    [
      'data in both forms',
      both(input(64, `,"data":[${Array(16).fill(1)}]`)),
      [INPUT0, INPUT1],
      "input 'INPUT0' must have exactly one source of data: the array 'data' or the parameter 'binary_data_size'",
    ],
    [
      'bytes for a wrong datatype',
      both(input(64).replace('INT32', 'FP32')),
      [INPUT0, INPUT1],
      "inference input 'INPUT0' data-type is 'FP32', but model 'simple' expects 'INT32'",
    ],
    [
      'bytes without a shape',
      both('{"name":"INPUT0","datatype":"INT32","parameters":{"binary_data_size":64}}'),
      [INPUT0, INPUT1],
      "Unable to parse input 'INPUT0': it has no 'shape' array",
    ],
    [
      'shared memory',
      both('{"name":"INPUT0","shape":[1,16],"datatype":"INT32","parameters":{"shared_memory_region":"r"}}'),
      [],
      /^parameter 'shared_memory_region' of an input: the shared memory extensions are not supported/,
    ],
    [
      'an output flag that is no boolean',
      `{"inputs":[${input(64)},${other}],"outputs":[{"name":"OUTPUT0","parameters":{"binary_data":1}}]}`,
      [INPUT0, INPUT1],
      "Unable to parse parameter 'binary_data': attempt to access JSON non-boolean as boolean",
    ],
    [
      'a request flag that is no boolean',
      `{"inputs":[${input(64)},${other}],"parameters":{"binary_data_output":"true"}}`,
      [INPUT0, INPUT1],
      "Unable to parse parameter 'binary_data_output': attempt to access JSON non-boolean as boolean",
    ],
    [
      'a reserved parameter',
      `{"inputs":[${input(64)},${other}],"parameters":{"triton_x":1}}`,
      [INPUT0, INPUT1],
      "parameter keys starting with 'triton_' are reserved for the server and cannot be specified",
    ],
    [
      'a timeout below 0',
      `{"inputs":[${input(64)},${other}],"parameters":{"timeout":-1}}`,
      [INPUT0, INPUT1],
      /^Unable to parse parameter 'timeout'/,
    ],
  ] as const)('%s is a 400 with a text', async (_what, json, blobs, text) => {
    const error = await refusal(post(under, 'simple', json, ...blobs));
    if (typeof text === 'string') expect(error).toBe(text);
    else expect(error).toMatch(text);
  });

  const stringRequest = (count: number, size: number) =>
    `{"inputs":[{"name":"INPUT0","shape":[${count}],"datatype":"BYTES","parameters":{"binary_data_size":${size}}}]}`;
  it.each([
    [
      'too few elements',
      2,
      '01000000 61',
      "expected 2 string elements for inference input 'INPUT0' for model 'm', got 1",
    ],
    [
      'too many elements',
      1,
      '01000000 61 00000000',
      "expected 1 string elements for inference input 'INPUT0' for model 'm', got 2",
    ],
    [
      'a length cut off',
      2,
      '01000000 61 0000',
      "incomplete string length indicator for inference input 'INPUT0' for model 'm', expecting 4 bytes but only 2 bytes available",
    ],
    [
      'a length past the end',
      1,
      'ffffffff 61',
      "incomplete string data for inference input 'INPUT0' for model 'm', expecting string of length 4294967295 but only 1 bytes available",
    ],
    [
      'a NUL',
      1,
      '02000000 6100',
      "Unable to parse the data of input 'INPUT0': element 0 is not UTF-8 text without NUL characters",
    ],
    [
      'bytes that are no UTF-8',
      2,
      '00000000 01000000 ff',
      "Unable to parse the data of input 'INPUT0': element 1 is not UTF-8 text without NUL characters",
    ],
    [
      'half a surrogate pair',
      1,
      '03000000 eda080',
      "Unable to parse the data of input 'INPUT0': element 0 is not UTF-8 text without NUL characters",
    ],
  ])('BYTES with %s is a 400', async (_what, count, bytes, text) => {
    const blob = hex(bytes);
    expect(await refusal(post(strings, 'm', stringRequest(count, blob.length), blob))).toBe(text);
  });

  it('lets the replacement character of a text pass', async () => {
    const blob = hex('03000000 efbfbd');
    expect((await post(strings, 'm', stringRequest(1, 7), blob)).status).toBe(200);
    expect(strings.engine.last?.get('INPUT0')?.data).toEqual(['\ufffd']);
  });

  it('refuses a BOOL that is neither 0 nor 1', async () => {
    const json = '{"inputs":[{"name":"INPUT0","shape":[3],"datatype":"BOOL","parameters":{"binary_data_size":3}}]}';
    expect(await refusal(post(handlerOf([identityOf('bool', ['N'])]), 'm', json, hex('000102')))).toBe(
      "Unable to parse the data of input 'INPUT0': element 2 is neither 0 nor 1",
    );
  });

  const size = GOLDEN_REQUEST.length + 128;
  it.each([
    ['-1', `inference header size should be in range (0, ${size}), got: -1`],
    [String(size + 1), `inference header size should be in range (0, ${size}), got: ${size + 1}`],
    ['2147483648', `inference header size should be in range (0, ${size}), got: 2147483648`],
    ['99999999999999999999999', `inference header size should be in range (0, ${size}), got: 99999999999999999999999`],
    ['abc', 'Unable to parse Inference-Header-Content-Length, got: abc'],
    ['', 'Unable to parse Inference-Header-Content-Length, got: '],
    ['1e2', 'Unable to parse Inference-Header-Content-Length, got: 1e2'],
    ['319, 319', 'Unable to parse Inference-Header-Content-Length, got: 319, 319'],
    ['318', /^The body is not valid JSON/],
    ['320', "unexpected size for input 'INPUT1', expecting 64 additional bytes for model 'simple'"],
    [String(size), /^The body is not valid JSON/],
  ])('a header length of %j is a 400', async (length, text) => {
    const body = Buffer.concat([Buffer.from(GOLDEN_REQUEST), INPUT0, INPUT1]);
    const error = await refusal(under.send('POST', '/v2/models/simple/infer', body, { [LENGTH]: length }));
    if (typeof text === 'string') expect(error).toBe(text);
    else expect(error).toMatch(text);
  });
});

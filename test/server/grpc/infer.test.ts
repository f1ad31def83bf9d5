import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServableType } from '../../../src/model/element-type.ts';
import { identity, sumAndDifference } from '../../support/fake-engine.ts';
import { grpcMessages } from '../../support/grpc-messages.ts';
import { DIGEST, type ModelUnderTest, tensorValue } from '../support.ts';
import { grpcOf } from './support.ts';

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
  name: 'm',
  compute: identity,
  signature: {
    inputs: [tensorValue('INPUT0', type, shape)],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', type, shape)],
  },
});
const A = { name: 'INPUT0', datatype: 'INT32', shape: [1, 4], contents: { int_contents: [1, 2, 3, 4] } };
const B = { name: 'INPUT1', datatype: 'INT32', shape: [1, 4], contents: { int_contents: [-1, -1, -1, -1] } };
const bare = ({ contents: _, ...input }: typeof A) => input;
const RAW = [Buffer.from(Int32Array.of(1, 2, 3, 4).buffer), Buffer.from(Int32Array.of(-1, -1, -1, -1).buffer)];
const under = grpcOf([SIMPLE]);
const ask = (request: object) => under.call('ModelInfer', { model_name: 'simple', inputs: [A, B], ...request });
const rawOf = (message: Record<string, unknown> | undefined) => (message?.raw_output_contents ?? []) as Buffer[];
const int32s = (bytes: unknown): number[] => [...new Int32Array(new Uint8Array(bytes as Buffer).buffer)];

describe('ModelInfer', () => {
  it('answers raw contents, whatever the form of the request', async () => {
    for (const request of [{}, { inputs: [bare(A), bare(B)], raw_input_contents: RAW }]) {
      const { code, message } = await ask({ id: '42', ...request });
      expect(code).toBe(0);
      expect(message).toMatchObject({
        model_name: 'simple',
        model_version: '1.4.0',
        id: '42',
        parameters: {},
        outputs: [
          { name: 'OUTPUT0', datatype: 'INT32', shape: [1, 4], contents: null },
          { name: 'OUTPUT1', datatype: 'INT32', shape: [1, 4], contents: null },
        ],
      });
      expect(rawOf(message).map(int32s)).toEqual([
        [0, 1, 2, 3],
        [2, 3, 4, 5],
      ]);
    }
  });

  it('answers the outputs asked for, in that order, as classes where they are wanted', async () => {
    const wanted = [{ name: 'OUTPUT1' }, { name: 'OUTPUT0', parameters: { classification: { int64_param: 2 } } }];
    const { message } = await ask({ outputs: wanted });
    expect(message?.outputs).toMatchObject([
      { name: 'OUTPUT1', datatype: 'INT32' },
      { name: 'OUTPUT0', datatype: 'BYTES', shape: [1, 2] },
    ]);
    const [, classes] = rawOf(message);
    expect(classes).toEqual(Buffer.from('\x03\0\0\x003:3\x03\0\0\x002:2'));
  });

  it('says that an answer is the last one to those who ask', async () => {
    const parameters = { triton_enable_empty_final_response: { bool_param: true } };
    expect((await ask({ parameters })).message?.parameters).toMatchObject({
      triton_final_response: { bool_param: true },
    });
  });

  it('takes tensors without elements, with empty contents or none', async () => {
    const { call } = grpcOf([identityOf('float32')]);
    const input = { name: 'INPUT0', datatype: 'FP32', shape: [0] };
    for (const request of [
      { inputs: [input] },
      { inputs: [{ ...input, contents: {} }] },
      { inputs: [input], raw_input_contents: [Buffer.alloc(0)] },
    ]) {
      const { code, message } = await call('ModelInfer', { model_name: 'm', ...request });
      expect([code, message?.raw_output_contents]).toEqual([0, [Buffer.alloc(0)]]);
    }
  });

  it('signs replies with the model they come from, and errors with the model they are about', async () => {
    const signature = {
      'x-model-name': 'simple',
      'x-model-version': '1.4.0',
      'x-model-digest': DIGEST,
      'x-request-id': 'r-1',
    };
    expect((await ask({})).signature).toEqual(signature);
    expect((await ask({ inputs: [] })).signature).toEqual(signature);
    expect((await ask({ model_name: 'nope' })).signature).toEqual(signature);
    const both = grpcOf([identityOf('float32'), SIMPLE]);
    for (const unreadable of [
      { inputs: [{ ...A, shape: [-1, 4] }, B] },
      { inputs: [A, B], parameters: { timeout: { int64_param: -1 } } },
    ]) {
      const { code, signature: signed } = await both.call('ModelInfer', { model_name: 'simple', ...unreadable });
      expect([code, signed]).toEqual([3, { ...signature, 'x-request-id': expect.any(String) }]);
    }
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const traced = await under.call('ModelInfer', { model_name: 'simple' }, { headers: { traceparent } });
    expect(traced.signature).toEqual({ ...signature, traceparent });
  });

  it('reads integers of any size exactly, as they are written by others', async () => {
    const sizes = {
      int8: fc.integer({ min: -128, max: 127 }),
      int16: fc.integer({ min: -32_768, max: 32_767 }),
      int32: fc.integer(),
      uint8: fc.nat(255),
      uint16: fc.nat(65_535),
      uint32: fc.nat(2 ** 32 - 1),
    } as const;
    for (const [type, element] of Object.entries(sizes)) {
      const { call, engine } = grpcOf([identityOf(type as ServableType)], { rowsPerRequest: 100 });
      const field = type.startsWith('u') ? 'uint_contents' : 'int_contents';
      await fc.assert(
        fc.asyncProperty(fc.array(element, { minLength: 1, maxLength: 30 }), async (values) => {
          const datatype = type.toUpperCase();
          const input = { name: 'INPUT0', datatype, shape: [values.length], contents: { [field]: values } };
          expect((await call('ModelInfer', { model_name: 'm', inputs: [input] })).code).toBe(0);
          expect(Array.from(engine.last?.get('INPUT0')?.data as Int32Array)).toEqual(values);
        }),
        { numRuns: 50 },
      );
    }
  });

  it('never fails on any bytes: they are a request, or a 3 that says why not', async () => {
    const request = grpcMessages('inference.GRPCInferenceService/ModelInfer').writeRequest({
      model_name: 'simple',
      parameters: { a: { double_param: 1 } },
      inputs: [A, B],
      outputs: [{ name: 'OUTPUT0' }],
    });
    const garbled = fc
      .array(fc.tuple(fc.nat(request.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const bytes = Buffer.from(request);
        for (const [at, byte] of changes) bytes[at] = byte;
        return bytes;
      });
    const cut = fc.nat(request.length).map((length) => request.subarray(0, length));
    await fc.assert(
      fc.asyncProperty(fc.oneof(garbled, cut, fc.uint8Array()), async (bytes) => {
        const { code, details } = await under.call('ModelInfer', bytes);
        expect([0, 3, 5], details).toContain(code);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a request that cannot be answered', () => {
  const TYPED = 'unexpected explicit tensor data for input tensor';

  it.each([
    ['unknown model', { model_name: 'nope' }, 5, "Request for unknown model: 'nope' is not found"],
    ['no model', { model_name: '' }, 5, "Request for unknown model: '' is not found"],
    ['unknown version', { model_version: '9' }, 5, "Request for unknown model: 'simple' version 9 is not found"],
    ['unknown input', { inputs: [A, { ...B, name: 'X' }] }, 3, "unexpected inference input 'X' for model 'simple'"],
    ['unknown output', { outputs: [{ name: 'X' }] }, 3, "unexpected inference output 'X' for model 'simple'"],
    ['input twice', { inputs: [A, A] }, 3, "input 'INPUT0' already exists in request"],
    [
      'output twice',
      { outputs: [{ name: 'OUTPUT0' }, { name: 'OUTPUT0' }] },
      3,
      "output 'OUTPUT0' already exists in request",
    ],
    [
      'missing input',
      { inputs: [A] },
      3,
      "expected 2 inputs but got 1 inputs for model 'simple'. Got input(s) ['INPUT0'], but missing required input(s) ['INPUT1']. Please provide all required input(s).",
    ],
    [
      'wrong datatype',
      { inputs: [{ ...A, datatype: 'FP32' }, B] },
      3,
      "inference input 'INPUT0' data-type is 'FP32', but model 'simple' expects 'INT32'",
    ],
    [
      'wrong shape',
      { inputs: [{ ...A, shape: [1, 5] }, B] },
      3,
      /^unexpected shape for input 'INPUT0' for model 'simple'\. Expected \[-1,4\], got \[1,5\]\./,
    ],
    [
      'negative dimension',
      { inputs: [{ ...A, shape: [-1, 4] }, B] },
      3,
      "Unable to parse 'shape': dimension -1 is negative",
    ],
    [
      'too many dimensions',
      { inputs: [{ ...A, shape: new Array(33).fill(1) }, B] },
      3,
      "Unable to parse 'shape': it has more than 32 dimensions",
    ],
    [
      'uncountable',
      { inputs: [{ ...A, shape: [2 ** 40, 2 ** 40] }, B] },
      3,
      /causes total element count to exceed maximum size of/,
    ],
    [
      'too many rows',
      {
        inputs: [
          { ...A, shape: [9, 4], contents: { int_contents: new Array(36).fill(1) } },
          { ...B, shape: [9, 4], contents: { int_contents: new Array(36).fill(1) } },
        ],
      },
      3,
      "inference request batch-size must be <= 8 for 'simple'",
    ],
    [
      'other rows',
      { inputs: [A, { ...B, shape: [2, 4], contents: { int_contents: new Array(8).fill(1) } }] },
      3,
      "input 'INPUT1' batch size does not match other inputs for 'simple'",
    ],
    [
      'no data',
      { inputs: [bare(A), B] },
      3,
      "unable to find data for input tensor 'INPUT0' for model 'simple' in request.",
    ],
    [
      'empty data',
      { inputs: [{ ...A, contents: {} }, B] },
      3,
      "unable to find data for input tensor 'INPUT0' for model 'simple' in request.",
    ],
    [
      'too little data',
      { inputs: [{ ...A, contents: { int_contents: [1] } }, B] },
      3,
      "input byte size mismatch for input 'INPUT0' for model 'simple'. Expected 16, got 4",
    ],
    [
      'wrong field',
      { inputs: [{ ...A, contents: { fp32_contents: [1, 2, 3, 4] } }, B] },
      3,
      `${TYPED} 'INPUT0' for model 'simple' of type 'INT32', expected int_contents`,
    ],
    [
      'one field too many',
      { inputs: [{ ...A, contents: { int_contents: [1, 2, 3, 4], bytes_contents: [''] } }, B] },
      3,
      `${TYPED} 'INPUT0' for model 'simple' of type 'INT32', expected int_contents`,
    ],
    [
      'raw and typed',
      { inputs: [bare(A), B], raw_input_contents: RAW },
      3,
      "contents field must not be specified when using raw_input_contents for 'INPUT1' for model 'simple'",
    ],
    [
      'too few raw contents',
      { inputs: [bare(A), bare(B)], raw_input_contents: RAW.slice(1) },
      3,
      "expected raw_input_contents for each of 2 inputs but got 1 for model 'simple'",
    ],
    [
      'raw size',
      { inputs: [bare(A), bare(B)], raw_input_contents: [RAW[0], Buffer.alloc(12)] },
      3,
      "input byte size mismatch for input 'INPUT1' for model 'simple'. Expected 16, got 12",
    ],
    [
      'shared memory',
      { inputs: [{ ...A, parameters: { shared_memory_region: { string_param: 'x' } } }, B] },
      3,
      "parameter 'shared_memory_region' of an input: the shared memory extensions are not supported; send the tensor in the message",
    ],
    [
      'reserved parameter',
      { parameters: { triton_x: { bool_param: true } } },
      3,
      "parameter keys starting with 'triton_' are reserved for the server and cannot be specified",
    ],
    [
      'timeout of another type',
      { parameters: { timeout: { string_param: '5' } } },
      3,
      "Unable to parse parameter 'timeout': it is not an integer of at least 0",
    ],
    [
      'no classes',
      { outputs: [{ name: 'OUTPUT0', parameters: { classification: { int64_param: 0 } } }] },
      3,
      "Unable to parse parameter 'classification': it is not greater than 0",
    ],
  ])('%s', async (_, request, code, text) => {
    const reply = await ask(request);
    expect(reply).toMatchObject({ code, bytes: undefined });
    if (typeof text === 'string') expect(reply.details).toBe(text);
    else expect(reply.details).toMatch(text);
  });

  it.each([
    ['int8', 'INT8', { int_contents: [127, 128] }, 'element 1 is not an integer from -128 to 127'],
    ['int16', 'INT16', { int_contents: [-32_769, 0] }, 'element 0 is not an integer from -32768 to 32767'],
    ['uint8', 'UINT8', { uint_contents: [0, 256] }, 'element 1 is not an integer from 0 to 255'],
    ['uint16', 'UINT16', { uint_contents: [65_536, 1] }, 'element 0 is not an integer from 0 to 65535'],
    [
      'string',
      'BYTES',
      { bytes_contents: [Buffer.of(0x61), Buffer.of(0xff)] },
      'element 1 is not UTF-8 text without NUL characters',
    ],
    [
      'string',
      'BYTES',
      { bytes_contents: [Buffer.of(0x61, 0), Buffer.of(0x61)] },
      'element 0 is not UTF-8 text without NUL characters',
    ],
  ] as const)('a %s that its type cannot hold', async (type, datatype, contents, text) => {
    const { call } = grpcOf([identityOf(type)]);
    const { code, details } = await call('ModelInfer', {
      model_name: 'm',
      inputs: [{ name: 'INPUT0', datatype, shape: [2], contents }],
    });
    expect([code, details]).toEqual([3, `Unable to parse the data of input 'INPUT0': ${text}`]);
  });

  it('FP16 in a typed field: it has none', async () => {
    const { call } = grpcOf([identityOf('float16')]);
    const input = { name: 'INPUT0', datatype: 'FP16', shape: [1], contents: { fp32_contents: [1] } };
    expect((await call('ModelInfer', { model_name: 'm', inputs: [input] })).details).toBe(
      `${TYPED} 'INPUT0' for model 'm' of type 'FP16', expected raw_input_contents, as for every tensor of that type`,
    );
  });

  it('another number of texts than the shape says, raw or typed', async () => {
    const { call } = grpcOf([identityOf('string')]);
    const input = { name: 'INPUT0', datatype: 'BYTES', shape: [2] };
    const text = "expected 2 string elements for inference input 'INPUT0' for model 'm', got 1";
    for (const request of [
      { inputs: [{ ...input, contents: { bytes_contents: [Buffer.from('a')] } }] },
      { inputs: [input], raw_input_contents: [Buffer.from('\x01\0\0\0a')] },
    ]) {
      expect(await call('ModelInfer', { model_name: 'm', ...request })).toMatchObject({ code: 3, details: text });
    }
  });

  it('bytes that are no message', async () => {
    expect(await under.call('ModelInfer', Buffer.from('not protobuf'))).toMatchObject({
      code: 3,
      details: 'The message is not a valid ModelInferRequest: wire type 6 (at byte 1).',
    });
    expect((await under.call('ModelInfer', Buffer.of(0x0a, 0x05, 0x61))).details).toBe(
      'The message is not a valid ModelInferRequest: the message ends at byte 3, but a value goes on to byte 7 (at byte 2).',
    );
  });

  it('is told in a few lines and in whole characters, however long a name is', async () => {
    const { details } = await ask({ model_name: `${'x'.repeat(99)}🎈${'x'.repeat(100_000)}` });
    expect(details.length).toBeLessThan(200);
    expect(() => encodeURI(details)).not.toThrow();
  });
});

/** A megabyte that a general decoder turns into hundreds. */
describe('a request of very many small parts', () => {
  const MEGABYTE = 2 ** 20;
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
  const nested = (number: number, content: Uint8Array): Buffer =>
    Buffer.concat([Buffer.of(number * 8 + 2, ...varint(content.length)), content]);
  const name = nested(1, Buffer.from('m'));
  const input = (...parts: Uint8Array[]): Buffer =>
    Buffer.concat([
      name,
      nested(5, Buffer.concat([nested(1, Buffer.from('INPUT0')), nested(2, Buffer.from('INT64')), ...parts])),
    ]);
  const pairs = (first: number, second: number): Buffer => Buffer.alloc(MEGABYTE, Buffer.of(first, second));

  it.each([
    ['inputs', Buffer.concat([name, pairs(0x2a, 0)]), /there are more than 10000$/],
    ['outputs', Buffer.concat([name, pairs(0x32, 0)]), /there are more than 10000$/],
    ['raw contents', Buffer.concat([name, pairs(0x3a, 0)]), /there are more than 10000$/],
    ['dimensions', input(nested(3, Buffer.alloc(MEGABYTE, 1))), /more than 32 dimensions$/],
    ['elements', input(nested(3, Buffer.of(1)), nested(5, nested(3, Buffer.alloc(MEGABYTE, 1)))), /byte size mismatch/],
    ['lists of one element', input(nested(3, Buffer.of(1)), nested(5, pairs(0x18, 1))), /byte size mismatch/],
    ['parameters', Buffer.concat([name, pairs(0x22, 0)]), /^Unable to parse 'parameters': there are more than 1000$/],
    ['parameters of an input', input(pairs(0x22, 0)), /there are more than 1000$/],
    ['parameters of an output', Buffer.concat([name, nested(6, pairs(0x12, 0))]), /there are more than 1000$/],
  ])('%s is refused without much memory and time', async (_, bytes, text) => {
    const { call } = grpcOf([identityOf('int64')]);
    await call('ModelInfer', bytes.subarray(0, 1000));
    const before = process.memoryUsage().heapUsed;
    const start = performance.now();
    const { code, details } = await call('ModelInfer', bytes);
    expect([code, details]).toEqual([3, expect.stringMatching(text)]);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50 * 2 ** 20);
  });
});

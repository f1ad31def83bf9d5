import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeatureColumn } from '../../src/service/spec.ts';
import { identity, sumAndDifference } from '../support/fake-engine.ts';
import { handlerOf, type ModelUnderTest, tensorValue } from './support.ts';

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
const FEATURED: ModelUnderTest = {
  name: 'featured',
  compute: identity,
  features: {
    onUnknownColumn: 'ignore',
    columns: [
      column('amount', 0, { min: 0, onMissing: 'nan' }),
      column('age', 1, { type: 'integer', max: 130 }),
      column('country', 2, {
        type: 'category',
        values: new Map([['FR', 0]]),
        onUnknown: 'ignore',
        onMissing: { impute: 'FR' },
      }),
    ],
  },
  signature: {
    inputs: [tensorValue('INPUT0', 'float32', ['N', 3])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'float32', ['N', 3])],
  },
};
const SIMPLE: ModelUnderTest = {
  name: 'simple',
  compute: sumAndDifference,
  signature: {
    inputs: [tensorValue('INPUT0', 'int32', ['N', 2]), tensorValue('INPUT1', 'int32', ['N', 2])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'int32', ['N', 2]), tensorValue('OUTPUT1', 'int32', ['N', 2])],
  },
};
const TEXT: ModelUnderTest = {
  name: 'text',
  compute: identity,
  signature: {
    inputs: [tensorValue('INPUT0', 'string', null)],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'string', null)],
  },
};
const BITS: ModelUnderTest = {
  name: 'bits',
  compute: identity,
  signature: {
    inputs: [tensorValue('INPUT0', 'bool', ['N']), tensorValue('INPUT1', 'float16', ['N', 'M'])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'bool', ['N']), tensorValue('OUTPUT1', 'float16', ['N', 'M'])],
  },
};

/** Text that goes into bodies as it stands: values right, wrong and hostile. */
const atom = fc.oneof(
  fc.constantFrom(
    '0',
    '1',
    '-0',
    '1.5',
    '1e3',
    '1e400',
    '-1e400',
    '9007199254740993',
    '18446744073709551616',
    '01',
    '1.',
    '.5',
    '+1',
  ),
  fc.constantFrom(
    'true',
    'false',
    'null',
    'NaN',
    'Infinity',
    '-Infinity',
    'undefined',
    '""',
    '"FR"',
    '"\\u0000"',
    '"\\ud800"',
    '"\u0001"',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => JSON.stringify(text)),
  fc.double().map(String),
);
const key = fc.constantFrom(
  'instances',
  'inputs',
  'outputs',
  'id',
  'parameters',
  'name',
  'shape',
  'datatype',
  'data',
  'INPUT0',
  'INPUT1',
  'OUTPUT0',
  'amount',
  'age',
  'country',
  '__proto__',
  'constructor',
  'binary_data_size',
  'classification',
);
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    atom,
    fc.array(tie('value'), { maxLength: 4 }).map((list) => `[${list.join(',')}]`),
    fc
      .array(fc.tuple(key, tie('value')), { maxLength: 4 })
      .map((members) => `{${members.map(([name, each]) => `"${name}":${each}`).join(',')}}`),
  ),
}));
const rows = fc.array(
  fc.oneof(
    fc.array(atom, { maxLength: 4 }).map((list) => `[${list}]`),
    fc
      .array(fc.tuple(key, atom), { maxLength: 4 })
      .map((members) => `{${members.map(([name, each]) => `"${name}":${each}`)}}`),
    value,
  ),
  { maxLength: 10 },
);
const tensor = fc
  .tuple(
    fc.constantFrom('INPUT0', 'INPUT1', '__proto__', 'X'),
    fc.oneof(
      fc
        .array(fc.constantFrom('0', '1', '2', '3', '-1', '1e9', '4294967296', '9007199254740992', '1.5'), {
          maxLength: 4,
        })
        .map((list) => `[${list}]`),
      value,
    ),
    fc.constantFrom('INT32', 'FP32', 'BYTES', 'BF16', 'toString'),
    fc.oneof(
      fc.array(atom, { maxLength: 6 }).map((list) => `[${list}]`),
      value,
    ),
    fc.boolean(),
  )
  .map(([name, shape, datatype, data, first]) =>
    first
      ? `{"data":${data},"name":"${name}","shape":${shape},"datatype":"${datatype}"}`
      : `{"name":"${name}","shape":${shape},"datatype":"${datatype}","data":${data}}`,
  );
const body = fc.oneof(
  rows.map((list) => `{"instances":[${list.join(',')}]}`),
  fc
    .array(fc.tuple(key, value), { maxLength: 3 })
    .map((members) => `{"inputs":{${members.map(([name, each]) => `"${name}":${each}`)}}}`),
  fc.array(tensor, { maxLength: 3 }).map((list) => `{"id":"1","inputs":[${list.join(',')}]}`),
  value,
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer({ min: 1, max: 400 }).map((depth) => `{"instances":${'['.repeat(depth)}`),
);
const damaged = fc.tuple(body, fc.option(fc.tuple(fc.nat(), fc.nat(255)), { freq: 3 })).map(([text, change]) => {
  const bytes = new TextEncoder().encode(text);
  if (change !== null && bytes.length > 0) bytes[change[0] % bytes.length] = change[1];
  return bytes;
});
const size = fc.constantFrom('0', '1', '2', '8', '9', '16', '-1', '1.5', '4294967296', '1e400', '"8"', 'null');
const parameters = fc.oneof(
  fc.constantFrom(
    '{"binary_data_output":true}',
    '{"binary_data":true}',
    '{"binary_data":true,"classification":2}',
    '{}',
  ),
  size.map((each) => `{"binary_data_size":${each}}`),
  fc
    .tuple(fc.constantFrom('binary_data', 'classification', 'binary_data_output', 'timeout', 'triton_x'), atom)
    .map(([name, each]) => `{"${name}":${each}}`),
  value,
);
const dims = fc
  .array(fc.constantFrom('0', '1', '2', '4', '-1', '1e9', '4294967296', '9007199254740992', '18446744073709551616'), {
    maxLength: 4,
  })
  .map((list) => `[${list}]`);
const binaryTensor = fc
  .tuple(
    fc.constantFrom('INPUT0', 'INPUT1', 'X'),
    fc.oneof(dims, value),
    fc.constantFrom('INT32', 'BOOL', 'FP16', 'FP32', 'BYTES'),
    parameters,
    fc.boolean(),
  )
  .map(
    ([name, shape, datatype, each, hasData]) =>
      `{"name":"${name}","shape":${shape},"datatype":"${datatype}","parameters":${each}${hasData ? ',"data":[1,2]' : ''}}`,
  );
/** Right sizes with shapes and blobs that are right or nearly so: random ones seldom get past the first check. */
const fitting = fc
  .tuple(
    fc.constantFrom(['FP32', 4, 3], ['INT32', 4, 2], ['BYTES', 5, 1], ['BOOL', 1, 1], ['FP16', 2, 2]),
    fc.nat(3),
    fc.nat(3),
    fc.constantFrom('INPUT0', 'INPUT1'),
  )
  .map(([[datatype, width, columns], rows, off, name]) => {
    const shape = datatype === 'BOOL' || datatype === 'BYTES' ? `[${rows}]` : `[${rows},${columns}]`;
    const bytes = Number(width) * rows * Number(columns) + (off === 3 ? 1 : 0);
    return `{"name":"${name}","shape":${shape},"datatype":"${datatype}","parameters":{"binary_data_size":${bytes}}}`;
  });
const wanted = fc.array(
  fc
    .tuple(fc.constantFrom('OUTPUT0', 'OUTPUT1', 'O'), parameters)
    .map(([name, each]) => `{"name":"${name}","parameters":${each}}`),
  { maxLength: 2 },
);
const blob = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.constantFrom(Buffer.alloc(12), Buffer.alloc(36)),
  fc.constantFrom(Buffer.alloc(24), Buffer.from('0100000061'.repeat(3), 'hex'), Buffer.from('ffffffff', 'hex')),
);
const binaryBody = fc
  .tuple(
    fc.oneof(
      fc.array(fc.oneof(binaryTensor, fitting), { maxLength: 3 }),
      fitting.map((each) => [each]),
    ),
    wanted,
    parameters,
    blob,
    fc.constantFrom('-1', '0', 'len', 'len+1', '2147483648', 'abc', 'len', 'len', 'len', 'len'),
  )
  .map(([tensors, outputs, each, bytes, length]) => {
    const json = `{"inputs":[${tensors}],"outputs":[${outputs}],"parameters":${each}}`;
    const body = Buffer.concat([Buffer.from(json), bytes]);
    const header =
      length === 'len' ? String(Buffer.byteLength(json)) : length === 'len+1' ? String(body.length + 1) : length;
    return { body: length === '0' ? Buffer.from(bytes) : body, headers: { 'inference-header-content-length': header } };
  });
const target = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '/predict',
      '/models/simple/predict',
      '/models/text/predict',
      '/v2/models/simple/infer',
      '/v2/models/text/infer',
      '/v2/models/bits/infer',
      '/v2/models/featured/versions/1.4.0/infer',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '/v2',
      '/',
      '/metrics',
      '/readyz',
      '/v2/models/text',
      '/v2/models/simple/ready',
      '/v2/models/%73imple/infer',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `/${text}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '/v2/models/__proto__/infer',
      '/v2/models/simple/versions/../infer',
      '/%',
      '//',
      '*',
      'http://x/predict',
      '/v2/models/%2e%2e%2f/infer',
    ),
  },
);
const headers = fc.record(
  {
    'x-request-id': fc.string({ maxLength: 80 }),
    traceparent: fc.string({ maxLength: 60 }),
    'content-length': fc.constantFrom('-1', '0', 'abc', '1e9', '99999999999999999999'),
    'content-encoding': fc.constantFrom('br', 'identity', ''),
    'inference-header-content-length': fc.constantFrom('0', '-1', 'x'),
  },
  { requiredKeys: [] },
);
const jsonRequest = fc.record({
  method: fc.constantFrom('POST', 'POST', 'POST', 'POST', 'GET', 'HEAD', 'DELETE', ''),
  target,
  body: damaged,
  headers: fc.option(headers, { freq: 8 }),
});
const binaryRequest = fc
  .tuple(fc.constantFrom('simple', 'text', 'bits', 'featured'), binaryBody)
  .map(([model, parts]) => ({ method: 'POST', target: `/v2/models/${model}/infer`, ...parts }));
/** Bytes that fit, as often as not. */
const fittingRequest = fc
  .tuple(fc.nat(3), fc.integer({ min: -1, max: 2 }), parameters, fc.uint8Array({ minLength: 48, maxLength: 48 }))
  .map(([rows, off, each, bytes]) => {
    const json = `{"inputs":[{"name":"INPUT0","shape":[${rows},3],"datatype":"FP32","parameters":{"binary_data_size":${rows * 12}}}],"parameters":${each}}`;
    const body = Buffer.concat([Buffer.from(json), bytes.subarray(0, Math.max(0, rows * 12 + Math.min(off, 0)))]);
    return {
      method: 'POST',
      target: '/v2/models/featured/infer',
      body,
      headers: { 'inference-header-content-length': String(json.length) },
    };
  });
const request = fc.oneof(
  { weight: 6, arbitrary: jsonRequest },
  { weight: 4, arbitrary: binaryRequest },
  { weight: 1, arbitrary: fittingRequest },
);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heapAfterCollection = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

describe('20 000 hostile requests', () => {
  it('get no 5xx, break nothing and leave nothing behind', async () => {
    const under = handlerOf([FEATURED, SIMPLE, TEXT, BITS]);
    const statuses = new Map<number, number>();
    let asBytes = 0;
    let heapBefore = 0;
    let count = 0;
    await fc.assert(
      fc.asyncProperty(request, async (each) => {
        const response = await under.send(each.method, each.target, each.body, each.headers ?? {});
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        if (response.headers['Content-Type'] === 'application/octet-stream') asBytes++;
        expect(response.status).toBeLessThan(500);
        expect(response.headers['X-Model-Digest']).toMatch(/^sha256:/);
        if (response.headers['Content-Type']?.includes('json')) JSON.parse(String(response.body));
        if (response.status >= 400 && each.target.startsWith('/v2/')) {
          expect(JSON.parse(String(response.body)).error).toBeTypeOf('string');
        }
        under.lines.length = 0;
        if (++count === 5000) heapBefore = heapAfterCollection();
      }),
      { numRuns: 20_000 },
    );
    const grown = heapAfterCollection() - heapBefore;
    // Two hundred bytes kept of each of the 15 000 requests since would show.
    expect(grown).toBeLessThan(3e6);
    // The fuzz reaches the model and each kind of refusal, or it shows nothing.
    for (const status of [200, 400, 404, 405, 413, 415, 422])
      expect(statuses.get(status) ?? 0, `${status}`).toBeGreaterThan(50);
    expect(asBytes).toBeGreaterThan(50);
    const { status } = await under.send('POST', '/predict', '{"instances":[{"amount":1,"age":2}]}');
    expect(status).toBe(200);
  }, 120_000);
});

/** The Open Inference Protocol over real HTTP, with real models: tensors as bytes, compression, raw bodies, and the extensions that clients call. */
import { once } from 'node:events';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath, readCases } from '../support/fixtures.ts';
import { type Served, startServer } from '../support/served.ts';
import { makeTemp } from '../support/temp.ts';

const MODELS = ['simple', 'identity-float32', 'identity-float16', 'identity-string', 'identity-int64', 'identity-bool'];

let folder: string;
let served: Served;
beforeAll(async () => {
  folder = await makeTemp();
  const lines = ['apiVersion: mlserve.dev/v1', 'name: v2', 'version: 1.0.0', 'admin: {access: loopback}', 'models:'];
  for (const model of MODELS) {
    await copyFile(fixturePath(`protocol/${model}`), join(folder, `${model}.onnx`));
    lines.push(`  - {name: ${model}, path: ${model}.onnx}`);
  }
  lines.push('  - {name: worker-float32, path: identity-float32.onnx, engine: {mode: worker}}');
  await copyFile(fixturePath('real/iris'), join(folder, 'iris.onnx'));
  lines.push('  - name: iris', '    path: iris.onnx', '    outputs:');
  lines.push('      - {name: kind, from: probabilities, argmax: true, labels: [setosa, versicolor, virginica]}');
  await writeFile(join(folder, 'mlserve.yaml'), `${lines.join('\n')}\n`);
  served = await startServer(folder, ['--server-name', 'triton']);
}, 60_000);
afterAll(async () => {
  served?.process.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}
async function ask(
  method: string,
  path: string,
  body: Uint8Array = Buffer.alloc(0),
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const request = httpRequest(`${served.url}${path}`, {
    method,
    headers: { 'Content-Length': body.length, ...headers },
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}
const jsonOf = ({ body }: Answer) => JSON.parse(body.toString());
const LENGTH = 'Inference-Header-Content-Length';

/** As clients send it: JSON and blobs behind one another. */
async function infer(model: string, json: object, ...blobs: Uint8Array[]): Promise<Answer> {
  const head = Buffer.from(JSON.stringify(json));
  const body = Buffer.concat([head, ...blobs]);
  return ask('POST', `/v2/models/${model}/infer`, body, { [LENGTH]: String(head.length) });
}
function blobOf(answer: Answer): Buffer {
  expect(answer.status, answer.body.toString()).toBe(200);
  return answer.body.subarray(Number(answer.headers[LENGTH.toLowerCase()]));
}
const input = (shape: readonly number[], datatype: string, size: number) => ({
  inputs: [{ name: 'INPUT0', shape, datatype, parameters: { binary_data_size: size } }],
  parameters: { binary_data_output: true },
});

describe('tensors as bytes over HTTP', () => {
  const one = (name: string) => ({ name, shape: [1, 16], datatype: 'INT32', parameters: { binary_data_size: 64 } });
  const json = Buffer.from(
    JSON.stringify({
      id: '42',
      inputs: [one('INPUT0'), one('INPUT1')],
      outputs: [
        { name: 'OUTPUT0', parameters: { binary_data: true } },
        { name: 'OUTPUT1', parameters: { binary_data: false } },
      ],
    }),
  );
  const golden = Buffer.concat([
    json,
    Buffer.from(Int32Array.from({ length: 16 }, (_, at) => at).buffer),
    Buffer.from(Int32Array.from({ length: 16 }, () => -1).buffer),
  ]);
  const expected = Buffer.concat([
    Buffer.from(
      '{"id":"42","model_name":"simple","model_version":"1.0.0","outputs":[{"name":"OUTPUT0","datatype":"INT32","shape":[1,16],"parameters":{"binary_data_size":64}},{"name":"OUTPUT1","datatype":"INT32","shape":[1,16],"data":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}]}',
    ),
    Buffer.from(Int32Array.from({ length: 16 }, (_, at) => at - 1).buffer),
  ]);
  const SQUEEZE = { none: (bytes: Buffer) => bytes, gzip: gzipSync, deflate: deflateSync };

  it.each([
    ['none', 'none'],
    ['none', 'gzip'],
    ['none', 'deflate'],
    ['gzip', 'none'],
    ['gzip', 'gzip'],
    ['gzip', 'deflate'],
    ['deflate', 'none'],
    ['deflate', 'gzip'],
    ['deflate', 'deflate'],
  ] as const)('are those of the protocol, sent with %s and asked for with %s', async (sent, wanted) => {
    const headers = {
      [LENGTH]: String(json.length),
      ...(sent === 'none' ? {} : { 'Content-Encoding': sent }),
      ...(wanted === 'none' ? {} : { 'Accept-Encoding': wanted }),
    };
    const answer = await ask('POST', '/v2/models/simple/infer', SQUEEZE[sent](golden), headers);
    expect(answer.status, answer.body.toString()).toBe(200);
    expect(answer.headers['content-type']).toBe('application/octet-stream');
    expect(answer.headers[LENGTH.toLowerCase()]).toBe(String(expected.length - 64));
    expect(answer.body.equals(expected)).toBe(true);
  });

  it('come back compressed where they are large', async () => {
    const zeros = Buffer.alloc(40_000);
    const head = Buffer.from(JSON.stringify(input([1, 10_000], 'FP32', zeros.length)));
    for (const [coding, open] of [
      ['gzip', gunzipSync],
      ['deflate', inflateSync],
    ] as const) {
      const headers = { [LENGTH]: String(head.length), 'Content-Encoding': coding, 'Accept-Encoding': coding };
      const body = SQUEEZE[coding](Buffer.concat([head, zeros]));
      const answer = await ask('POST', '/v2/models/identity-float32/infer', body, headers);
      expect([answer.status, answer.headers['content-encoding'], answer.headers.vary]).toEqual([
        200,
        coding,
        'Accept-Encoding',
      ]);
      expect(answer.body.length).toBeLessThan(2000);
      const whole = open(answer.body);
      expect(whole.subarray(Number(answer.headers[LENGTH.toLowerCase()])).equals(zeros)).toBe(true);
    }
  });

  it('come back plain where they are no predictions: the asyncio client of Triton names codings for every request and reads none', async () => {
    const headers = { 'Accept-Encoding': 'gzip, deflate' };
    const statistics = await ask('GET', '/v2/models/stats', undefined, headers);
    expect([statistics.status, statistics.headers['content-encoding']]).toEqual([200, undefined]);
    expect(statistics.body.length).toBeGreaterThan(1024);
    expect(JSON.parse(statistics.body.toString())).toHaveProperty('model_stats');
    const many = JSON.stringify({ inputs: { INPUT0: Array.from({ length: 100 }, () => [['x']]) } });
    const refused = await ask('POST', '/models/identity-float32/predict', Buffer.from(many), headers);
    expect([refused.status, refused.headers['content-encoding']]).toEqual([422, undefined]);
    expect(refused.body.length).toBeGreaterThan(1024);
  });

  it.each([
    ['identity-float16', 'FP16', '662eff7b00807e01', [2, 2]],
    ['identity-int64', 'INT64', 'ffffffffffffff7f01000000000020000000000000000080', [3, 1]],
    ['identity-bool', 'BOOL', '000101', [1, 3]],
    ['identity-string', 'BYTES', '0100000061000000000200 0000c3a9', [3, 1]],
    ['identity-float32', 'FP32', '000000000000c07f0000807fffffff7f', [2, 2]],
  ])('go through %s bit for bit, at every alignment', async (model, datatype, text, shape) => {
    const bytes = Buffer.from(text.replaceAll(' ', ''), 'hex');
    for (let pad = 0; pad < 8; pad++) {
      const json = { id: 'x'.repeat(pad + 1), ...input(shape, datatype, bytes.length) };
      expect(blobOf(await infer(model, json, bytes)).toString('hex')).toBe(bytes.toString('hex'));
    }
  });

  it('of many megabytes go through a worker and through the main thread', async () => {
    const floats = Float32Array.from({ length: 1_000_001 }, (_, at) => Math.sin(at));
    const bytes = Buffer.from(floats.buffer);
    for (const model of ['identity-float32', 'worker-float32']) {
      for (const id of ['a', 'ab', 'abc']) {
        const answer = await infer(model, { id, ...input([1, floats.length], 'FP32', bytes.length) }, bytes);
        expect(blobOf(answer).equals(bytes)).toBe(true);
      }
    }
  });

  it('alone are a request where the model takes one input', async () => {
    const bytes = Buffer.from(Float32Array.of(1, 2, 3).buffer);
    const answer = await ask('POST', '/v2/models/identity-float32/infer', bytes, { [LENGTH]: '0' });
    expect(blobOf(answer).equals(bytes)).toBe(true);
    expect(JSON.parse(answer.body.subarray(0, -12).toString()).outputs[0].shape).toEqual([1, 3]);
  });

  it('are what Python computed for iris, and so are its classes', async () => {
    const { inputs, outputs } = readCases('real/iris');
    const rows = inputs.get('float_input');
    const expected = outputs.get('probabilities');
    if (rows === undefined || expected === undefined) throw new Error('the fixture has other names');
    const bytes = Buffer.from(
      (rows.data as Float32Array).buffer,
      (rows.data as Float32Array).byteOffset,
      rows.data.length * 4,
    );
    const request = {
      inputs: [
        { name: 'float_input', shape: rows.dims, datatype: 'FP32', parameters: { binary_data_size: bytes.length } },
      ],
      outputs: [{ name: 'probabilities', parameters: { classification: 3, binary_data: false } }],
    };
    const { outputs: answered } = jsonOf(await infer('iris', request, bytes));
    const [names, classes] = [['setosa', 'versicolor', 'virginica'], 3];
    expect([answered[0].datatype, answered[0].shape]).toEqual(['BYTES', [rows.dims[0], classes]]);
    (answered[0].data as string[]).forEach((text, at) => {
      const [value = '', place = '', label] = text.split(':');
      const row = Math.floor(at / classes);
      expect(label).toBe(names[Number(place)]);
      expect(Number(value)).toBeCloseTo(expected.data[row * classes + Number(place)] as number, 5);
    });
  });
});

describe('a compressed body of 8 MB', { retry: 2 }, () => {
  it('is decompressed without holding up probes', async () => {
    const body = gzipSync(
      `{"inputs":[{"name":"INPUT0","datatype":"FP32","shape":[1,4],"data":[${'1,'.repeat(4_000_000)}1]}]}`,
    );
    let isDone = false;
    const answer = ask('POST', '/v2/models/identity-float32/infer', body, { 'Content-Encoding': 'gzip' }).finally(
      () => {
        isDone = true;
      },
    );
    let slowest = 0;
    while (!isDone) {
      const start = performance.now();
      await ask('GET', '/livez');
      slowest = Math.max(slowest, performance.now() - start);
    }
    const { status, body: text } = await answer;
    expect([status, JSON.parse(text.toString()).error]).toEqual([
      400,
      "Unable to parse 'data': Shape does not match true shape of 'data' field",
    ]);
    expect(slowest).toBeLessThan(500);
  }, 30_000);
});

describe('what clients ask about models', () => {
  it('names the server as it was told to', async () => {
    expect(jsonOf(await ask('GET', '/v2')).name).toBe('triton');
  });

  it('describes a model as perf_analyzer reads it, and counts what it did', async () => {
    const config = jsonOf(await ask('GET', '/v2/models/simple/config'));
    expect(config).toMatchObject({ name: 'simple', max_batch_size: 10_000, input: [{ dims: [16] }, { dims: [16] }] });
    expect(config.dynamic_batching).toEqual({ max_queue_delay_microseconds: 0 });
    const before = jsonOf(await ask('GET', '/v2/models/simple/stats')).model_stats[0];
    const data = Array(32).fill(1);
    const one = (name: string) => ({ name, shape: [2, 16], datatype: 'INT32', data });
    const path = '/v2/models/simple/infer';
    const body = Buffer.from(JSON.stringify({ inputs: [one('INPUT0'), one('INPUT1')] }));
    await Promise.all(Array.from({ length: 5 }, () => ask('POST', path, body)));
    const [after, ...others] = jsonOf(await ask('GET', '/v2/models/simple/stats')).model_stats;
    expect(others).toEqual([]);
    expect([after.version, after.inference_count - before.inference_count]).toEqual(['1.0.0', 10]);
    expect(after.execution_count - before.execution_count).toBeGreaterThan(0);
    expect(after.execution_count - before.execution_count).toBeLessThanOrEqual(5);
    expect(after.last_inference).toBeGreaterThan(Date.now() - 60_000);
    const { success, queue, compute_input, compute_infer, compute_output } = after.inference_stats;
    const parts = [queue, compute_input, compute_infer, compute_output];
    for (const { count, ns } of parts) expect([count, ns > 0]).toEqual([success.count, true]);
    expect(parts.reduce((sum, { ns }) => sum + ns, 0)).toBeLessThanOrEqual(success.ns);
  });

  it('lists, unloads and loads models', async () => {
    const stateOf = async (name: string) => {
      const list: { name: string }[] = jsonOf(await ask('POST', '/v2/repository/index'));
      return list.find((entry) => entry.name === name);
    };
    const ready = { name: 'identity-bool', version: '1.0.0', state: 'READY', reason: '' };
    expect(await stateOf('identity-bool')).toEqual(ready);
    const unload = await ask('POST', '/v2/repository/models/identity-bool/unload');
    expect([unload.status, jsonOf(unload)]).toEqual([200, { name: 'identity-bool', unload: true }]);
    expect(await stateOf('identity-bool')).toEqual({ ...ready, state: 'UNAVAILABLE', reason: 'unloaded' });
    expect(jsonOf(await ask('POST', '/v2/repository/index', Buffer.from('{"ready":true}')))).toHaveLength(
      MODELS.length + 1,
    );
    const refused = await infer('identity-bool', input([1, 1], 'BOOL', 1), Buffer.alloc(1));
    expect(refused.status).toBe(503);
    const load = await ask('POST', '/v2/repository/models/identity-bool/load', Buffer.from('{}'));
    expect([load.status, jsonOf(load)]).toEqual([200, { name: 'identity-bool', load: true }]);
    expect(await stateOf('identity-bool')).toEqual(ready);
    expect(blobOf(await infer('identity-bool', input([1, 1], 'BOOL', 1), Buffer.of(1)))).toEqual(Buffer.of(1));
    const unknown = await ask('POST', '/v2/repository/models/nobody/load');
    expect(unknown.status).toBe(404);
    expect(jsonOf(unknown).error).toMatch(/^failed to load 'nobody', there is no model "nobody"/);
  });

  it('keeps serving a model whose new file is no good, and says why', async () => {
    await writeFile(join(folder, 'identity-int64.onnx'), 'this is no model');
    const load = await ask('POST', '/v2/repository/models/identity-int64/load');
    expect(load.status).toBe(400);
    expect(jsonOf(load).error).toMatch(
      /^failed to load 'identity-int64', model "identity-int64" cannot be served; identity-int64\.onnx: /,
    );
    const bytes = Buffer.from(BigInt64Array.of(-1n).buffer);
    expect(blobOf(await infer('identity-int64', input([1, 1], 'INT64', 8), bytes)).equals(bytes)).toBe(true);
  });
});

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InferError, type InferFailure } from '../../../src/engine/engine.ts';
import { MlserveError } from '../../../src/errors.ts';
import type { Scope } from '../../../src/server/auth/api-keys.ts';
import { createGate } from '../../../src/server/auth/gate.ts';
import type { ModelControl } from '../../../src/server/contract.ts';
import type { GrpcHead } from '../../../src/server/grpc/contract.ts';
import { RPCS } from '../../../src/server/grpc/rpcs.ts';
import { identity } from '../../support/fake-engine.ts';
import { DIGEST, type ModelUnderTest, tensorValue } from '../support.ts';
import { type GrpcUnderTest, grpcOf } from './support.ts';

const model = (name: string, version = '1.4.0'): ModelUnderTest => ({
  name,
  version,
  compute: identity,
  signature: {
    inputs: [tensorValue('INPUT0', 'float32', ['N', 2])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'float32', ['N', 2])],
  },
});
const MODELS = [model('m'), model('m', '0.9.0'), model('other')];
const INFERENCE = 'inference.GRPCInferenceService';
const GOOD = {
  model_name: 'm',
  inputs: [{ name: 'INPUT0', datatype: 'FP32', shape: [1, 2], contents: { fp32_contents: [1, 2] } }],
};
const metric = async ({ send }: GrpcUnderTest, name: string): Promise<string[]> => {
  const page = String((await send('GET', '/metrics')).body);
  return page.split('\n').filter((line) => line.startsWith(`${name}{`) && !line.endsWith(' 0'));
};

describe('the service over gRPC', () => {
  it('says that it lives and whether it is ready', async () => {
    const { call, engine, handler } = grpcOf(MODELS);
    const ready = async () => [
      (await call('ServerReady', {})).message?.ready,
      (await call('ModelReady', { name: 'm' })).message?.ready,
      (await call('grpc.health.v1.Health/Check', { service: '' })).message?.status,
      (await call('grpc.health.v1.Health/Check', { service: INFERENCE })).message?.status,
    ];
    expect((await call('ServerLive', {})).message).toEqual({ live: true });
    expect(await ready()).toEqual([true, true, 'SERVING', 'SERVING']);
    engine.set('loading');
    expect(await ready()).toEqual([false, false, 'NOT_SERVING', 'NOT_SERVING']);
    engine.set('ready');
    handler.drain();
    expect(await ready()).toEqual([false, false, 'NOT_SERVING', 'NOT_SERVING']);
    expect((await call('ServerLive', {})).message).toEqual({ live: true });
  });

  it('says of a model that is not here that it is not ready, no more', async () => {
    const { call } = grpcOf(MODELS);
    for (const request of [{ name: 'nope' }, { name: '' }, { name: 'm', version: '7' }]) {
      expect(await call('ModelReady', request)).toMatchObject({ code: 0, message: { ready: false } });
    }
    expect((await call('ModelReady', { name: 'm', version: '0.9.0' })).message).toEqual({ ready: true });
  });

  it('knows no health of other services', async () => {
    const { call, grpc } = grpcOf(MODELS);
    const { code, details } = await call('grpc.health.v1.Health/Check', { service: 'x' });
    expect([code, details]).toEqual([5, "there is no service 'x' here"]);
    expect(grpc.servingStatus('x')).toBeUndefined();
  });

  it('describes itself and its models', async () => {
    const { call } = grpcOf(MODELS);
    expect((await call('ServerMetadata', {})).message).toMatchObject({
      name: 'mlserve',
      extensions: expect.arrayContaining(['model_configuration', 'statistics']),
    });
    expect((await call('ModelMetadata', { name: 'm', version: '0.9.0' })).message).toEqual({
      name: 'm',
      versions: ['1.4.0', '0.9.0'],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'INPUT0', datatype: 'FP32', shape: [-1, 2] }],
      outputs: [{ name: 'OUTPUT0', datatype: 'FP32', shape: [-1, 2] }],
    });
    expect(await call('ModelMetadata', { name: 'm', version: '7' })).toMatchObject({
      code: 5,
      details: "Request for unknown model: 'm' version 7 is not found",
    });
  });

  it('tells the configuration of a model, with its versions where they are numbers', async () => {
    const { call } = grpcOf([model('m', '2'), model('m', '1'), model('semver')]);
    const { config } = (await call('ModelConfig', { name: 'm' })).message as { config: object };
    expect(config).toMatchObject({
      name: 'm',
      platform: 'onnxruntime_onnx',
      backend: 'onnxruntime',
      max_batch_size: 8,
      version_policy: { policy_choice: 'specific', specific: { versions: [2, 1] } },
      input: [{ name: 'INPUT0', data_type: 'TYPE_FP32', format: 'FORMAT_NONE', dims: [2] }],
      output: [{ name: 'OUTPUT0', data_type: 'TYPE_FP32', dims: [2] }],
      instance_group: [{ kind: 'KIND_CPU', count: 1 }],
      dynamic_batching: null,
      model_transaction_policy: { decoupled: false },
    });
    expect((await call('ModelConfig', { name: 'semver' })).message).toMatchObject({ config: { version_policy: null } });
  });

  it('tells statistics of one version, of all versions, or of all models', async () => {
    const { call } = grpcOf(MODELS);
    await call('ModelInfer', GOOD);
    const told = async (request: object) => {
      const { model_stats } = (await call('ModelStatistics', request)).message as {
        model_stats: Record<string, unknown>[];
      };
      return model_stats.map(({ name, version, inference_count }) => [name, version, inference_count]);
    };
    const [m, old, other] = [
      ['m', '1.4.0', 1],
      ['m', '0.9.0', 0],
      ['other', '1.4.0', 0],
    ];
    expect(await told({ name: 'm', version: '1.4.0' })).toEqual([m]);
    expect(await told({ name: 'm' })).toEqual([m, old]);
    expect(await told({})).toEqual([m, old, other]);
    expect(await call('ModelStatistics', { name: 'nope' })).toMatchObject({ code: 5 });
    const { model_stats } = (await call('ModelStatistics', { name: 'm', version: '1.4.0' })).message ?? {};
    expect(model_stats).toMatchObject([
      {
        execution_count: 1,
        inference_stats: { success: { count: 1 }, queue: { count: 1, ns: 1e6 }, cache_hit: { count: 0 } },
      },
    ]);
  });

  it('counts and logs calls as it does requests over HTTP', async () => {
    const under = grpcOf(MODELS);
    await under.call('ModelInfer', GOOD);
    await under.call('ModelInfer', { ...GOOD, inputs: [] });
    await under.call('ModelInfer', { ...GOOD, model_name: 'nope' });
    await under.call('ServerLive', {});
    const route = `route="${INFERENCE}/ModelInfer"`;
    expect(await metric(under, 'mlserve_requests_total')).toEqual([
      `mlserve_requests_total{model="m",version="1.4.0",${route},code="200"} 1`,
      `mlserve_requests_total{model="m",version="1.4.0",${route},code="400"} 1`,
      `mlserve_requests_total{model="__unknown__",version="__unknown__",${route},code="404"} 1`,
      `mlserve_requests_total{model="",version="",route="${INFERENCE}/ServerLive",code="200"} 1`,
    ]);
    expect(await metric(under, 'mlserve_rejected_total')).toEqual([
      'mlserve_rejected_total{model="m",version="1.4.0",reason="bad_request"} 1',
    ]);
    const lines = under.lines.map(({ fields: { ms: _, ...fields } }) => fields);
    const line = { requestId: 'r-1', method: 'gRPC', route: `${INFERENCE}/ModelInfer` };
    expect(lines).toMatchObject([
      { ...line, model: 'm', version: '1.4.0', status: 200, grpc: 'OK', batchRows: 1 },
      { ...line, status: 400, grpc: 'INVALID_ARGUMENT' },
      { ...line, status: 404, grpc: 'NOT_FOUND' },
    ]);
    expect(lines).toHaveLength(3);
    expect(JSON.stringify(under.lines)).not.toMatch(/nope|INPUT0/);
  });

  it('counts calls that the transport has ended, under no name that a client has chosen', async () => {
    const under = grpcOf(MODELS);
    const head = (path: string): GrpcHead => ({
      ...{ path, headers: {}, requestId: 'r-2', peer: { address: undefined, certificate: 'none' } },
    });
    for (const [code, path] of [
      [8, `${INFERENCE}/ModelInfer`],
      [4, `${INFERENCE}/ModelInfer`],
      [1, `${INFERENCE}/ModelInfer`],
      [12, 'made.Up/Name'],
      [0, 'grpc.health.v1.Health/Watch'],
    ] as const) {
      under.grpc.conclude(head(path), code);
    }
    const codes = (await metric(under, 'mlserve_requests_total')).map((line) => line.replace(/^.*route=/, ''));
    expect(codes).toEqual([
      `"${INFERENCE}/ModelInfer",code="413"} 1`,
      `"${INFERENCE}/ModelInfer",code="504"} 1`,
      `"${INFERENCE}/ModelInfer",code="499"} 1`,
      '"__unknown__",code="501"} 1',
      '"grpc.health.v1.Health/Watch",code="200"} 1',
    ]);
    expect((await metric(under, 'mlserve_rejected_total')).map((line) => /reason="(\w+)"/.exec(line)?.[1])).toEqual([
      'too_large',
      'deadline',
      'cancelled',
    ]);
    expect(under.lines.map(({ fields }) => fields.grpc)).toEqual([
      'RESOURCE_EXHAUSTED',
      'DEADLINE_EXCEEDED',
      'CANCELLED',
      'UNIMPLEMENTED',
    ]);
    expect(JSON.stringify(under.lines)).not.toContain('made.Up');
  });
});

describe('what the engine does not answer', () => {
  it.each([
    ['not-ready', 14, "Request for unknown model: 'm' version 1.4.0 is not at ready state", 'not_ready'],
    ['queue-full', 14, 'too many rows are waiting; try again later (request r-1)', 'queue_full'],
    ['deadline-exceeded', 4, 'the request waited too long and was dropped before it ran (request r-1)', 'deadline'],
    ['cancelled', 1, 'the client has gone (request r-1)', 'cancelled'],
    ['runtime-failed', 13, /^the model failed on this input; the log has the reason/, undefined],
    ['worker-died', 14, 'the model stopped while it ran; try again later (request r-1)', 'not_ready'],
  ] as const satisfies readonly [InferFailure, number, string | RegExp, string | undefined][])(
    '%s is a %i, counted, without the words of the runtime',
    async (failure, code, text, reason) => {
      const under = grpcOf(MODELS);
      under.engine.failNext(failure);
      const reply = await under.call('ModelInfer', GOOD);
      expect(reply.code).toBe(code);
      expect(reply.details).toEqual(typeof text === 'string' ? text : expect.stringMatching(text));
      expect(reply.details).not.toContain('secret');
      const rejected = await metric(under, 'mlserve_rejected_total');
      expect(rejected).toEqual(
        reason === undefined ? [] : [`mlserve_rejected_total{model="m",version="1.4.0",reason="${reason}"} 1`],
      );
    },
  );

  it('is known before the tensors are read: not ready, or a full queue', async () => {
    const under = grpcOf(MODELS);
    under.engine.set('ready', 16);
    expect(await under.call('ModelInfer', { ...GOOD, inputs: [] })).toMatchObject({ code: 14 });
    under.engine.set('failed');
    expect(await under.call('ModelInfer', { ...GOOD, inputs: [] })).toMatchObject({ code: 14 });
    expect(under.engine.calls).toBe(0);
  });

  it('is a bug, which says nothing but where to look', async () => {
    const under = grpcOf(MODELS);
    under.engine.failNext(new Error('secret'));
    const { code, details } = await under.call('ModelInfer', GOOD);
    expect([code, details]).toEqual([
      13,
      'an error inside the server; the log has it under this request id (request r-1)',
    ]);
    expect(under.lines.find(({ level }) => level === 'error')?.fields).toMatchObject({
      requestId: 'r-1',
      reason: expect.stringContaining('secret'),
    });
  });

  it('is cut by the deadline of the call, which tells it from a client that gave up', async () => {
    const cut = async (timeoutMs: number | undefined) => {
      const under = grpcOf(MODELS);
      under.engine.failNext('cancelled');
      const { code } = await under.call('ModelInfer', GOOD, { timeoutMs });
      return [code, (await metric(under, 'mlserve_rejected_total')).map((line) => /reason="(\w+)"/.exec(line)?.[1])];
    };
    expect(await cut(0)).toEqual([4, ['deadline']]);
    expect(await cut(60_000)).toEqual([1, ['cancelled']]);
    expect(await cut(undefined)).toEqual([1, ['cancelled']]);
  });

  it('has to answer by the earliest deadline of call, parameter and service', async () => {
    const asked: number[] = [];
    const under = grpcOf(MODELS, { requestTimeoutMs: 5000 });
    const { infer } = under.engine;
    under.engine.infer = (request) => {
      asked.push(Math.round(((request.deadline ?? 0) - performance.now()) / 100) * 100);
      return infer(request);
    };
    const timeout = { timeout: { int64_param: 2_000_000 } };
    await under.call('ModelInfer', GOOD);
    await under.call('ModelInfer', GOOD, { timeoutMs: 3000 });
    await under.call('ModelInfer', { ...GOOD, parameters: timeout });
    await under.call('ModelInfer', { ...GOOD, parameters: timeout }, { timeoutMs: 1000 });
    await under.call('ModelInfer', { ...GOOD, parameters: { timeout: { int64_param: 0 } } }, { timeoutMs: 90_000 });
    expect(asked).toEqual([5000, 3000, 2000, 1000, 5000]);
  });
});

describe('ModelStreamInfer', () => {
  const ask = (under: GrpcUnderTest, request: object) => under.call('ModelStreamInfer', request);
  const digest = { model_digest: { parameter_choice: 'string_param', string_param: DIGEST } };

  it('answers with the response, which says which model it comes from', async () => {
    const { code, message } = await ask(grpcOf(MODELS), { ...GOOD, id: '7' });
    expect(code).toBe(0);
    expect(message).toMatchObject({
      error_message: '',
      infer_response: { model_name: 'm', model_version: '1.4.0', id: '7', parameters: digest },
    });
  });

  it('answers a failure in the same form, with the id of the request', async () => {
    const under = grpcOf(MODELS);
    expect(await ask(under, { ...GOOD, id: '8', inputs: [] })).toMatchObject({
      code: 3,
      message: {
        error_message: expect.stringContaining('expected 1 inputs but got 0'),
        infer_response: { model_name: 'm', model_version: '1.4.0', id: '8', parameters: digest, outputs: [] },
      },
    });
    expect(await ask(under, { ...GOOD, id: '9', model_name: 'nope' })).toMatchObject({
      code: 5,
      message: { infer_response: { model_name: '', id: '9' } },
    });
    expect(await ask(under, { id: '', model_name: '' })).toMatchObject({
      code: 5,
      message: { infer_response: { id: '' } },
    });
  });
});

describe('the repository', () => {
  const calls: string[] = [];
  const control: ModelControl = {
    load: async (name) => void calls.push(`load ${name}`),
    unload: async (name) => void calls.push(`unload ${name}`),
  };
  const under = () => grpcOf(MODELS, {}, { control });

  it('lists the versions of every model and their state', async () => {
    const { call, engine } = under();
    const entry = (name: string, version: string) => ({ name, version, state: 'READY', reason: '' });
    const all = [entry('m', '1.4.0'), entry('m', '0.9.0'), entry('other', '1.4.0')];
    expect((await call('RepositoryIndex', {})).message).toEqual({ models: all });
    engine.set('loading');
    expect((await call('RepositoryIndex', { ready: true })).message).toEqual({ models: [] });
    expect(await call('RepositoryIndex', { repository_name: 'x' })).toMatchObject({ code: 12 });
  });

  // Bytes by hand: field 2 is the model where a client knows of repositories, field 1 where it does not.
  const TRITON = Buffer.of(0x12, 1, 0x6d);
  const KSERVE = Buffer.of(0x0a, 1, 0x6d);
  /** Fields 1 and 2: the name, and true. */
  const DONE = Buffer.of(0x0a, 1, 0x6d, 0x10, 1);

  it.each([
    ['Triton and MLServer', TRITON],
    ['KServe', KSERVE],
  ])('loads and unloads as %s ask for it, and answers both', async (_, bytes) => {
    calls.length = 0;
    const { call } = under();
    for (const method of ['RepositoryModelLoad', 'RepositoryModelUnload']) {
      const reply = await call(method, bytes);
      expect([reply.code, Buffer.from(reply.bytes ?? [])]).toEqual([0, DONE]);
      expect(reply.signature).toMatchObject({ 'x-model-name': 'm' });
    }
    expect(calls).toEqual(['load m', 'unload m']);
  });

  it('has one repository, without a name', async () => {
    const { call } = under();
    calls.length = 0;
    expect(await call('RepositoryModelLoad', Buffer.concat([Buffer.of(0x0a, 1, 0x72), TRITON]))).toMatchObject({
      code: 12,
      details: "'repository_name' specification is not supported: there is one repository",
    });
    expect(calls).toEqual([]);
  });

  it('says why a model was not loaded, and takes none from the call', async () => {
    const failing = (error: Error): ModelControl => ({
      load: () => Promise.reject(error),
      unload: () => Promise.reject(error),
    });
    const unknown = grpcOf(MODELS, {}, { control: failing(new MlserveError('USAGE', 'there is no model "x"')) });
    expect(await unknown.call('RepositoryModelLoad', { model_name: 'x' })).toMatchObject({
      code: 5,
      details: `failed to load 'x', there is no model "x"`,
    });
    const bad = grpcOf(MODELS, {}, { control: failing(new InferError('not-ready', 'it does not load')) });
    expect(await bad.call('RepositoryModelUnload', { model_name: 'm' })).toMatchObject({
      code: 3,
      details: "failed to unload 'm', it does not load",
    });
    const parameters = { 'file:1/model.onnx': { bytes_param: Buffer.of(1) } };
    expect(await under().call('RepositoryModelLoad', { model_name: 'm', parameters })).toMatchObject({
      code: 3,
      details: expect.stringContaining("failed to load 'm', the parameter 'file:1/model.onnx' is not supported"),
    });
  });

  it('stays as it is when the calls are off', async () => {
    expect(await grpcOf(MODELS).call('RepositoryModelLoad', { model_name: 'm' })).toMatchObject({
      code: 14,
      details: expect.stringContaining('explicit model load / unload is not allowed if polling is enabled'),
    });
  });
});

describe('a service with API keys', () => {
  const key = (name: string, secret: string, scope: Scope) => ({
    ...{ name, scopes: new Set([scope]), hash: createHash('sha256').update(secret).digest() },
  });
  const keys = [key('app', 'open-sesame', 'infer'), key('ops', 'root', 'admin')];
  const { grpc } = grpcOf(MODELS, {}, { gate: createGate({ keys, adminAccess: 'key', needsCertificate: false }) });
  const admit = (path: string, headers = {}) =>
    grpc.admit({ path, headers, requestId: 'r', peer: { address: '10.0.0.9', certificate: 'none' } });

  it('asks for one on every call but those that say how the service is', () => {
    const open = RPCS.filter(({ path }) => admit(path).denial === undefined).map(({ path }) =>
      path.replace(/^.*\//, ''),
    );
    expect(open).toEqual(['ServerLive', 'ServerReady', 'ModelReady', 'Check']);
    expect(admit('grpc.health.v1.Health/Watch').denial).toBeUndefined();
  });

  it('answers 16 to those it does not know and 7 to those whose key is for something else', () => {
    const infer = `${INFERENCE}/ModelInfer`;
    const load = `${INFERENCE}/RepositoryModelLoad`;
    expect(admit(infer).denial).toMatchObject({ code: 16, details: expect.stringContaining('an API key is needed') });
    expect(admit(infer, { authorization: 'Bearer wrong' }).denial).toMatchObject({ code: 16 });
    expect(admit(infer, { authorization: 'Bearer open-sesame' })).toEqual({ denial: undefined, keyName: 'app' });
    expect(admit(infer, { 'x-api-key': 'open-sesame' })).toEqual({ denial: undefined, keyName: 'app' });
    expect(admit(load, { 'x-api-key': 'open-sesame' }).denial).toMatchObject({ code: 7 });
    expect(admit(load, { 'x-api-key': 'root' })).toEqual({ denial: undefined, keyName: 'ops' });
  });
});

/** Several versions of a model behind one handler, and models that are replaced while it answers. */
import { describe, expect, it } from 'vitest';
import type { ServedModel } from '../../src/server/contract.ts';
import { createHandler } from '../../src/server/handler.ts';
import { compileOutputs } from '../../src/service/compile-outputs.ts';
import { type FakeModel, fakeEngine } from '../support/fake-engine.ts';
import { memoryLog } from '../support/fake-runtime.ts';
import { modelSettings, serviceSettings } from '../support/service-settings.ts';
import { tensorValue } from './support.ts';

const SIGNATURE = {
  inputs: [tensorValue('x', 'float32', ['N', 1])],
  defaultedInputs: [],
  outputs: [tensorValue('y', 'float32', ['N', 1])],
};

/** A model that answers its own number. */
const answering =
  (number: number): FakeModel =>
  (inputs) => {
    const rows = inputs.get('x')?.dims[0] ?? 0;
    return new Map([['y', { type: 'float32', dims: [rows, 1], data: new Float32Array(rows).fill(number) }]]);
  };

function served(name: string, version: string, key = `${name}@${version}`): ServedModel {
  const digest = `sha256:${Buffer.from(key).toString('hex').padEnd(64, '0').slice(0, 64)}` as const;
  return {
    key,
    spec: { name, version, path: 'm.onnx', features: undefined, outputs: [], examples: [], ...modelSettings() },
    fingerprint: { model: digest, graph: digest, weights: digest, signature: digest },
    signature: SIGNATURE,
    features: undefined,
    outputs: compileOutputs([], SIGNATURE),
  };
}

function handlerOf(models: readonly ServedModel[], numbers: Readonly<Record<string, number>>) {
  const engine = fakeEngine(
    Object.fromEntries(Object.entries(numbers).map(([key, number]) => [key, answering(number)])),
  );
  const spec = { name: 's', version: '1.0.0', models: models.map((model) => model.spec), ...serviceSettings() };
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const handler = createHandler({ spec, models, engine, clock, log: memoryLog(), runtime: 'fake 1.0.0' });
  const send = async (method: string, target: string, text = '', headers: Record<string, string> = {}) => {
    const head = { method, target, headers: { host: 'tests', ...headers } };
    const decision = handler.admit(head);
    const body = new TextEncoder().encode(text);
    const response =
      'status' in decision ? decision : await handler.handle({ ...head, body, signal: new AbortController().signal });
    const { status, headers: sent } = response;
    const json = target === '/metrics' ? undefined : JSON.parse(String(response.body));
    return {
      status,
      json,
      text: String(response.body),
      version: sent['X-Model-Version'],
      digest: sent['X-Model-Digest'],
    };
  };
  const ask = (target: string) => send('POST', target, '{"instances":[[1]]}');
  return { handler, engine, send, ask };
}

const V1 = served('m', '1.0.0');
const V2 = served('m', '2.0.0');
const OTHER = served('other', '1.0.0');
const NUMBERS = { 'm@1.0.0': 1, 'm@2.0.0': 2, 'other@1.0.0': 3, 'm@1.0.0#1': 10, 'm@3.0.0': 30 };

describe('several versions of a model', () => {
  it('answer under their version; without one the first of the file answers', async () => {
    const { ask } = handlerOf([V2, V1, OTHER], NUMBERS);
    const of = async (target: string) => {
      const { status, json, version } = await ask(target);
      return [status, version, json.predictions?.[0].y];
    };
    expect(await of('/predict')).toEqual([200, '2.0.0', 2]);
    expect(await of('/models/m/predict')).toEqual([200, '2.0.0', 2]);
    expect(await of('/models/m/versions/1.0.0/predict')).toEqual([200, '1.0.0', 1]);
    expect(await of('/models/m/versions/2.0.0/predict')).toEqual([200, '2.0.0', 2]);
    expect(await of('/models/other/predict')).toEqual([200, '1.0.0', 3]);
    expect((await of('/models/other/versions/2.0.0/predict')).slice(0, 2)).toEqual([404, '1.0.0']);
  });

  it('are all in the metadata of the model, each with its own digests, and in the list of what is served', async () => {
    const { send } = handlerOf([V2, V1, OTHER], NUMBERS);
    const { json } = await send('GET', '/v2/models/m/versions/1.0.0');
    expect(json).toMatchObject({ name: 'm', properties: { digest: V1.fingerprint.model } });
    expect((await send('GET', '/v2/models/m')).json.versions).toEqual(['2.0.0', '1.0.0']);
    const { models } = (await send('GET', '/')).json;
    expect(models.map(({ name, version }: { name: string; version: string }) => `${name} ${version}`)).toEqual([
      'm 2.0.0',
      'm 1.0.0',
      'other 1.0.0',
    ]);
    expect((await send('GET', '/readyz')).json.models).toContainEqual(
      expect.objectContaining({ name: 'm', version: '1.0.0', state: 'ready' }),
    );
  });
});

describe('models that are replaced', () => {
  it('answer from the next request on, under a new digest, with the old counts and without the old identity', async () => {
    const { handler, ask, send } = handlerOf([V1, OTHER], NUMBERS);
    expect((await ask('/predict')).json.predictions).toEqual([{ y: 1 }]);
    const again = served('m', '1.0.0', 'm@1.0.0#1');
    handler.replace([again, OTHER]);
    const answer = await ask('/predict');
    expect(answer.json.predictions).toEqual([{ y: 10 }]);
    expect(answer.digest).toBe(again.fingerprint.model);
    const { text } = await send('GET', '/metrics');
    expect(text).toContain('mlserve_requests_total{model="m",version="1.0.0",route="/predict",code="200"} 2');
    expect(text).toContain(`digest="${again.fingerprint.model}"`);
    expect(text).not.toContain(`digest="${V1.fingerprint.model}"`);
    expect(text.match(/^mlserve_model_ready{model="m"/gm)).toHaveLength(1);
  });

  it('may come with other versions and go', async () => {
    const { handler, ask } = handlerOf([V1, OTHER], NUMBERS);
    const V3 = served('m', '3.0.0');
    handler.replace([V3]);
    expect((await ask('/models/m/predict')).json.predictions).toEqual([{ y: 30 }]);
    expect((await ask('/models/m/versions/1.0.0/predict')).status).toBe(404);
    expect((await ask('/models/other/predict')).status).toBe(404);
    expect(() => handler.replace([])).toThrow('needs a model');
    expect((await ask('/predict')).status).toBe(200);
  });
});

describe('X-Request-Timeout-Ms', () => {
  it('shortens the time that a request may wait, and never lengthens it', async () => {
    const { engine, send } = handlerOf([V1], NUMBERS);
    const waits: number[] = [];
    const { infer } = engine;
    engine.infer = (request) => {
      waits.push(Math.round((request.deadline ?? 0) - performance.now()));
      return infer(request);
    };
    const ask = (ms: string) => send('POST', '/predict', '{"instances":[[1]]}', { 'x-request-timeout-ms': ms });
    expect((await ask('1500')).status).toBe(200);
    expect((await ask('999999999')).status).toBe(200);
    expect(waits[0]).toBeGreaterThan(1400);
    expect(waits[0]).toBeLessThanOrEqual(1500);
    expect(waits[1]).toBeGreaterThan(29_000);
    expect(waits[1]).toBeLessThanOrEqual(30_000);
    for (const bad of ['0', '-1', '1.5', 'soon', '', '1e3', '99999999999']) {
      expect([bad, (await ask(bad)).status]).toEqual([bad, 400]);
    }
  });
});

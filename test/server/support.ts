/** A handler over fake models, and requests to it as one call each. */
import type { Signature } from '../../src/model/signature.ts';
import type { Log } from '../../src/ports.ts';
import type { Headers, ReplaceableHandler, Response, ServedModel } from '../../src/server/contract.ts';
import { createHandler, type HandlerOptions } from '../../src/server/handler.ts';
import { openApiDocument } from '../../src/server/openapi/document.ts';
import { routesOf, routesOn } from '../../src/server/routes.ts';
import type { PredictionValue } from '../../src/service/codec.ts';
import { compileFeatures } from '../../src/service/compile-features.ts';
import { compileOutputs } from '../../src/service/compile-outputs.ts';
import { jsonText } from '../../src/service/rows/write-json.ts';
import type { FeatureSpec, OutputSpec, ServiceSpec } from '../../src/service/spec.ts';
import { Conformity } from '../support/conformity.ts';
import { type FakeEngine, type FakeModel, fakeEngine } from '../support/fake-engine.ts';
import { modelSettings, serviceSettings } from '../support/service-settings.ts';

export interface ModelUnderTest {
  readonly name: string;
  readonly version?: string;
  readonly signature: Signature;
  readonly compute: FakeModel;
  readonly features?: FeatureSpec;
  readonly outputs?: readonly OutputSpec[];
}

const VERSION = '1.4.0';
export const DIGEST = `sha256:${'ab'.repeat(32)}` as const;
const fingerprint = { model: DIGEST, graph: DIGEST, weights: DIGEST, signature: DIGEST };

export function tensorValue(
  name: string,
  elementType: Extract<Signature['inputs'][number], { kind: 'tensor' }>['elementType'],
  shape: readonly (number | string | null)[] | null,
): Signature['inputs'][number] {
  return { kind: 'tensor', name, elementType, shape };
}

/** As the fake engine knows it. */
function keyOf({ name, version = VERSION }: Pick<ModelUnderTest, 'name' | 'version'>): string {
  return version === VERSION ? name : `${name}@${version}`;
}

function serve(
  { name, version = VERSION, signature, features, outputs = [] }: ModelUnderTest,
  limits: ServiceSpec['limits'],
): ServedModel {
  return {
    key: keyOf({ name, version }),
    spec: {
      name,
      version,
      path: `models/${name}.onnx`,
      features,
      outputs,
      examples: [],
      ...modelSettings({ limits }),
    },
    fingerprint,
    signature,
    features: features === undefined ? undefined : compileFeatures(features, signature),
    outputs: compileOutputs(outputs, signature),
  };
}

export const LIMITS: ServiceSpec['limits'] = {
  bodyBytes: 1_000_000,
  jsonDepth: 100,
  rowsPerRequest: 8,
  queueRows: 16,
  queueBytes: 10_000_000,
  connections: 100,
  headersTimeoutMs: 1000,
  requestTimeoutMs: 1000,
  runTimeoutMs: 1000,
  loadTimeoutMs: 1000,
  loadMemoryBytes: 1e9,
};

const toJson = (value: PredictionValue): object => JSON.parse(jsonText(value));

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface HandlerUnderTest {
  readonly handler: ReplaceableHandler;
  readonly served: readonly ServedModel[];
  readonly engine: FakeEngine;
  readonly lines: LogLine[];
  /** What the OpenAPI document says. */
  readonly conformity: Conformity;
  /** Admits and handles, as the transport does. Rejects when the response is not what the OpenAPI document says. */
  send(method: string, target: string, body?: string | Uint8Array, headers?: Headers): Promise<Response>;
  /** `send`, with the body parsed. */
  json(method: string, target: string, body?: string | Uint8Array): Promise<{ status: number; body: unknown }>;
}

/** Who may come in, the settings that say so, and what the edge hands over. */
export interface UnderTestOptions extends Partial<Pick<HandlerOptions, 'control' | 'clock' | 'pageFile' | 'gate'>> {
  readonly server?: Partial<ServiceSpec['server']>;
  readonly cors?: ServiceSpec['cors'];
}

export function handlerOf(
  models: readonly ModelUnderTest[],
  limits: Partial<ServiceSpec['limits']> = {},
  { server = {}, cors, ...options }: UnderTestOptions = {},
): HandlerUnderTest {
  const { queueRows = LIMITS.queueRows } = limits;
  const engine = fakeEngine(Object.fromEntries(models.map((model) => [keyOf(model), model.compute])), queueRows);
  const lines: LogLine[] = [];
  const logWith = (base: object): Log => ({
    info: (message, fields) => void lines.push({ level: 'info', message, fields: { ...base, ...fields } }),
    warn: (message, fields) => void lines.push({ level: 'warn', message, fields: { ...base, ...fields } }),
    error: (message, fields) => void lines.push({ level: 'error', message, fields: { ...base, ...fields } }),
    child: (fields) => logWith({ ...base, ...fields }),
  });
  const allLimits = { ...LIMITS, ...limits };
  const served = models.map((model) => serve(model, allLimits));
  const spec: ServiceSpec = {
    name: 'tests',
    version: VERSION,
    models: served.map((model) => model.spec),
    ...serviceSettings({ limits: allLimits, server, ...(cors && { cors }) }),
  };
  const handler = createHandler({
    spec,
    models: served,
    engine,
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    log: logWith({}),
    runtime: 'fake 1.0.0',
    ...options,
  });
  const conformity = new Conformity(
    toJson(openApiDocument({ spec, models: served, routes: routesOn('main', spec, routesOf(spec)) })),
  );
  const answer: HandlerUnderTest['send'] = async (method, target, body = '', headers = {}) => {
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    const sent = { host: 'tests', 'content-length': String(bytes.length), ...headers };
    const head = { method, target, headers: sent, peer: { address: '10.0.0.9', certificate: 'none' as const } };
    const admission = handler.admit(head);
    if ('status' in admission) return admission;
    return handler.handle({ ...head, body: bytes, signal: new AbortController().signal, admission });
  };
  const send: HandlerUnderTest['send'] = async (method, target, body, headers) => {
    const response = await answer(method, target, body, headers);
    const problems = conformity.problems({ method, target, ...response });
    if (problems.length > 0) throw new Error(`${method} ${target} ${response.status}: ${problems.join('\n')}`);
    return response;
  };
  return {
    handler,
    served,
    engine,
    lines,
    conformity,
    send,
    json: async (method, target, body) => {
      const response = await send(method, target, body);
      return { status: response.status, body: JSON.parse(String(response.body)) };
    },
  };
}

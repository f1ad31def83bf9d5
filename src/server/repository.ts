/** The model repository extension: which models there are and in what state, and, where the service lets callers do so, loading and unloading. */
import { InferError, type ModelState } from '../engine/engine.ts';
import { MlserveError } from '../errors.ts';
import type { ModelControl } from './contract.ts';
import { JsonError } from './json/json-error.ts';
import { type JsonValue, parseJson } from './json/read-value.ts';
import { findModel } from './model-table.ts';
import { Refusal, shortName } from './refusal.ts';
import { type Answer, type Call, jsonAnswer, type Service } from './service.ts';

export interface IndexEntry {
  readonly name: string;
  readonly version: string;
  readonly state: 'READY' | 'LOADING' | 'UNLOADING' | 'UNAVAILABLE';
  readonly reason: string;
}

const STATES: { readonly [S in ModelState]: Pick<IndexEntry, 'state' | 'reason'> } = {
  loading: { state: 'LOADING', reason: '' },
  warming: { state: 'LOADING', reason: '' },
  ready: { state: 'READY', reason: '' },
  draining: { state: 'UNLOADING', reason: '' },
  unloaded: { state: 'UNAVAILABLE', reason: 'unloaded' },
  failed: { state: 'UNAVAILABLE', reason: 'failed; the log of the service has the reason' },
};

/** Every version of every model; those that are ready alone where `onlyReady`. */
export function repositoryIndex({ models, engine }: Service, onlyReady: boolean): readonly IndexEntry[] {
  const all = models().entries.map(({ key, identity: { name, version } }) => ({
    name,
    version,
    ...STATES[engine.status(key)?.state ?? 'unloaded'],
  }));
  return onlyReady ? all.filter(({ state }) => state === 'READY') : all;
}

/** `POST /v2/repository/index`, with nothing or `{"ready": true}` as body. */
export function index(service: Service, { request }: Call): Answer {
  const ready = readObject(request.body, service).ready ?? false;
  if (typeof ready !== 'boolean') throw new Refusal(400, "Unable to parse 'ready': it is not a boolean");
  return jsonAnswer(200, repositoryIndex(service, ready));
}

/** `POST /v2/repository/models/{name}/load`. KServe's clients read the answer, Triton's the status. */
export async function load(service: Service, call: Call): Promise<Answer> {
  return await answerChange('load', service, call);
}

export async function unload(service: Service, call: Call): Promise<Answer> {
  return await answerChange('unload', service, call);
}

async function answerChange(verb: Verb, service: Service, { request, name = '' }: Call): Promise<Answer> {
  const control = controlOf(service);
  const { parameters } = readObject(request.body, service);
  if (
    parameters !== undefined &&
    parameters !== null &&
    (typeof parameters !== 'object' || Array.isArray(parameters))
  ) {
    throw new Refusal(400, `${failedTo(verb, name)}, 'parameters' is not an object`);
  }
  await changeModel(control, { verb, name, parameters: Object.keys(parameters ?? {}) });
  const identity = findModel(service.models(), name)?.identity;
  return { ...jsonAnswer(200, { name, [verb]: true }), identity };
}

type Verb = 'load' | 'unload';

export interface ModelChange {
  readonly verb: Verb;
  readonly name: string;
  /** Names of the parameters of the call. */
  readonly parameters: readonly string[];
}

/** Throws the 503 of a service whose models no call can change. */
export function controlOf({ control }: Pick<Service, 'control'>): ModelControl {
  if (control !== undefined) return control;
  const fixed = 'explicit model load / unload is not allowed if polling is enabled';
  throw new Refusal(503, `${fixed} (admin.access is off)`);
}

/** Throws the refusal that says why the models are as they were. */
export async function changeModel(control: ModelControl, { verb, name, parameters }: ModelChange): Promise<void> {
  const failed = failedTo(verb, name);
  // Files and configuration come from the disk of the service alone.
  const foreign = parameters.find((parameter) => parameter === 'config' || parameter.startsWith('file:'));
  if (foreign !== undefined) {
    const what = 'it is loaded as the project of the service has it';
    throw new Refusal(400, `${failed}, the parameter '${shortName(foreign)}' is not supported: ${what}`);
  }
  try {
    await control[verb](name);
  } catch (error) {
    if (error instanceof InferError) throw new Refusal(400, `${failed}, ${error.message}`);
    if (!(error instanceof MlserveError)) throw error;
    throw new Refusal(error.code === 'USAGE' ? 404 : 400, `${failed}, ${reasonOf(error)}`);
  }
}

function failedTo(verb: Verb, name: string): string {
  return `failed to ${verb} '${shortName(name)}'`;
}

/** A few findings are enough to know where to look. */
const MOST_FINDINGS = 3;

function reasonOf({ message, issues = [] }: MlserveError): string {
  const findings = issues.slice(0, MOST_FINDINGS).map((issue) => `${issue.where}: ${issue.message}`);
  return [message, ...findings].join('; ');
}

type JsonObject = { readonly [name: string]: JsonValue };

/** An empty body stands for an empty object. */
function readObject(body: Uint8Array, { spec }: Service): JsonObject {
  if (body.length === 0) return {};
  const value = parseJson(body, spec.limits.jsonDepth);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new JsonError('syntax', 0, 'expected an object');
}

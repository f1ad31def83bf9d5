/** The model repository extension: which models there are and in what state, and, where the service lets callers do so, loading and unloading. */
import { InferError, type ModelState } from '../engine/engine.ts';
import { MlserveError } from '../errors.ts';
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
  return await change(service, call, 'load', (name) => service.control?.load(name));
}

export async function unload(service: Service, call: Call): Promise<Answer> {
  return await change(service, call, 'unload', (name) => service.control?.unload(name));
}

/** The word for a service whose models no call can change. */
const FIXED = 'explicit model load / unload is not allowed if polling is enabled';

async function change(
  service: Service,
  { request, name = '' }: Call,
  verb: 'load' | 'unload',
  work: (name: string) => Promise<void> | undefined,
): Promise<Answer> {
  if (service.control === undefined) return jsonAnswer(503, { error: `${FIXED} (admin.access is off)` });
  const failed = `failed to ${verb} '${shortName(name)}'`;
  refuseParameters(readObject(request.body, service).parameters, failed);
  try {
    await work(name);
  } catch (error) {
    if (error instanceof InferError) return jsonAnswer(400, { error: `${failed}, ${error.message}` });
    if (!(error instanceof MlserveError)) throw error;
    const isUnknown = error.code === 'USAGE';
    return jsonAnswer(isUnknown ? 404 : 400, { error: `${failed}, ${reasonOf(error)}` });
  }
  const identity = findModel(service.models(), name)?.identity;
  return { ...jsonAnswer(200, { name, [verb]: true }), identity };
}

/** A few findings are enough to know where to look. */
const MOST_FINDINGS = 3;

function reasonOf({ message, issues = [] }: MlserveError): string {
  const findings = issues.slice(0, MOST_FINDINGS).map((issue) => `${issue.where}: ${issue.message}`);
  return [message, ...findings].join('; ');
}

/** Files and configuration come from the disk of the service alone. */
function refuseParameters(parameters: JsonValue | undefined, failed: string): void {
  if (parameters === undefined || parameters === null) return;
  if (typeof parameters !== 'object' || Array.isArray(parameters)) {
    throw new Refusal(400, `${failed}, 'parameters' is not an object`);
  }
  const foreign = Object.keys(parameters).find((key) => key === 'config' || key.startsWith('file:'));
  if (foreign === undefined) return;
  const what = 'it is loaded as the project of the service has it';
  throw new Refusal(400, `${failed}, the parameter '${shortName(foreign)}' is not supported: ${what}`);
}

type JsonObject = { readonly [name: string]: JsonValue };

/** An empty body stands for an empty object. */
function readObject(body: Uint8Array, { spec }: Service): JsonObject {
  if (body.length === 0) return {};
  const value = parseJson(body, spec.limits.jsonDepth);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new JsonError('syntax', 0, 'expected an object');
}

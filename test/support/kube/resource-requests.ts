/** A request about objects → what the store holds, a stream of changes, or the object as it is after the change. */
import type { ServerResponse } from 'node:http';
import { fieldsOf, fieldsV1, merge, type Owners, serverSideApply } from './field-owners.ts';
import { checkNames, notFound, Refused, type Resource, type Stored } from './objects.ts';
import type { Change, Store } from './store.ts';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly agent: string;
  readonly body: string;
}

export interface PodCall {
  readonly pod: Stored;
  readonly port: number;
  readonly isTls: boolean;
  readonly path: string;
}

export interface PodAnswer {
  readonly status: number;
  readonly body: string;
}

interface World {
  readonly store: Store;
  readonly resources: readonly Resource[];
  readonly answer: ((call: PodCall) => Promise<PodAnswer>) | undefined;
}

interface Target {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** After the name: `status`, `proxy/readyz`. */
  readonly rest: string;
}

export function send(response: ServerResponse, code: number, body: object): void {
  if (response.headersSent) return void response.end();
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const owners = new WeakMap<Store, Map<string, Owners>>();

export async function handleResource(request: ApiRequest, response: ServerResponse, world: World): Promise<void> {
  const target = findTarget(request.path, world.resources);
  if (target === undefined) {
    const message = 'the server could not find the requested resource';
    throw new Refused({ code: 404, reason: 'NotFound', message });
  }
  const { store } = world;
  const { resource, namespace, name, rest } = target;
  if (rest.startsWith('proxy')) return proxy(request, response, target, world);
  if (name === undefined) {
    if (request.method === 'POST') return send(response, 201, create(request, target, store));
    if (request.query.get('watch') !== null) return watch(request, response, target, store);
    const items = store.list(resource.plural, namespace).filter((object) => matches(object, request.query));
    const metadata = { resourceVersion: String(store.version) };
    return send(response, 200, { kind: `${resource.kind}List`, apiVersion: resource.apiVersion, metadata, items });
  }
  const before = store.get(resource, namespace, name);
  if (request.method === 'PATCH' && request.contentType.includes('apply-patch')) {
    return send(response, before === undefined ? 201 : 200, apply(request, target, store));
  }
  if (before === undefined) throw notFound(resource.plural, name);
  const isDry = isDryRun(request);
  if (request.method === 'GET') return send(response, 200, before);
  if (request.method === 'DELETE') {
    if (!isDry) {
      store.remove(resource, namespace, name);
      ownersOf(store).delete(keyOf(target));
    }
    return send(response, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
  }
  const wanted = (
    request.method === 'PUT' ? JSON.parse(request.body) : merge(before, JSON.parse(request.body), '')
  ) as Stored;
  checkNames(wanted);
  if (isDry) return send(response, 200, wanted);
  own(request, target, store, before, wanted);
  return send(response, 200, store.put(resource, wanted));
}

function create(request: ApiRequest, target: Target, store: Store): Stored {
  const wanted = JSON.parse(request.body) as Stored;
  const { resource, namespace } = target;
  if (namespace !== undefined) wanted.metadata.namespace = namespace;
  requireNamespace(target, store);
  checkNames(wanted);
  own(request, { ...target, name: wanted.metadata.name }, store, undefined, wanted);
  return isDryRun(request) ? wanted : store.put(resource, wanted);
}

function apply(request: ApiRequest, target: Target, store: Store): Stored {
  const { resource, namespace, name = '' } = target;
  const given = JSON.parse(request.body) as Stored;
  const metadata = { ...given.metadata, name, ...(namespace === undefined ? {} : { namespace }) };
  const wanted = { ...given, metadata };
  requireNamespace(target, store);
  checkNames(wanted);
  const all = ownersOf(store);
  const before = { object: store.get(resource, namespace, name), owners: all.get(keyOf(target)) ?? new Map() };
  const manager = request.query.get('fieldManager') ?? '';
  const applied = serverSideApply(before, wanted, { manager, force: request.query.get('force') === 'true' });
  const object = { ...applied.object };
  object.metadata = { ...object.metadata, managedFields: managedFields(applied.owners, resource.apiVersion) };
  if (isDryRun(request)) return object;
  all.set(keyOf(target), applied.owners);
  return store.put(resource, object);
}

/** Whoever changes a field by another way than an apply has it from then on. */
function own(request: ApiRequest, target: Target, store: Store, before: Stored | undefined, wanted: Stored): void {
  if (isDryRun(request)) return;
  const manager = request.query.get('fieldManager') ?? request.agent.split('/')[0] ?? 'unknown';
  const old = before === undefined ? new Map<string, unknown>() : fieldsOf(before);
  const changed = [...fieldsOf(wanted)].filter(
    ([field, value]) => JSON.stringify(old.get(field)) !== JSON.stringify(value),
  );
  const all = ownersOf(store);
  const found = new Map(all.get(keyOf(target)) ?? []);
  const taken = new Set(changed.map(([field]) => field));
  for (const [other, fields] of found) found.set(other, new Set([...fields].filter((field) => !taken.has(field))));
  found.set(manager, new Set([...(found.get(manager) ?? []), ...taken]));
  all.set(keyOf(target), found);
}

/** In the query, or in the options that a DELETE carries. */
function isDryRun({ method, query, body }: ApiRequest): boolean {
  if (query.get('dryRun') === 'All') return true;
  return (
    method === 'DELETE' && body !== '' && (JSON.parse(body) as { dryRun?: readonly string[] }).dryRun?.[0] === 'All'
  );
}

function managedFields(found: Owners, apiVersion: string): readonly object[] {
  return [...found].map(([manager, fields]) => ({
    manager,
    operation: 'Apply',
    apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: fieldsV1(fields),
  }));
}

function ownersOf(store: Store): Map<string, Owners> {
  const found = owners.get(store) ?? new Map<string, Owners>();
  owners.set(store, found);
  return found;
}

function keyOf({ resource, namespace, name }: Target): string {
  return `${resource.apiVersion} ${resource.plural} ${namespace} ${name}`;
}

function requireNamespace({ namespace }: Target, store: Store): void {
  const isThere = store.list('namespaces').some(({ metadata }) => metadata.name === namespace);
  if (namespace !== undefined && !isThere) throw notFound('namespaces', namespace);
}

function watch(request: ApiRequest, response: ServerResponse, target: Target, store: Store): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  const tell = ({ type, resource, object }: Change): void => {
    const { namespace } = target;
    if (resource !== target.resource || (namespace !== undefined && object.metadata.namespace !== namespace)) return;
    if (matches(object, request.query)) response.write(`${JSON.stringify({ type, object })}\n`);
  };
  const since = Number(request.query.get('resourceVersion') ?? store.version);
  for (const change of store.history) if (change.version > since) tell(change);
  const stop = store.onChange(tell);
  const seconds = Number(request.query.get('timeoutSeconds') ?? 0);
  const timer = seconds > 0 ? setTimeout(() => response.end(), seconds * 1000) : undefined;
  response.on('close', () => {
    stop();
    clearTimeout(timer);
  });
}

async function proxy({ query }: ApiRequest, response: ServerResponse, target: Target, world: World): Promise<void> {
  const { resource, namespace, name: full = '', rest } = target;
  const parts = full.split(':');
  const isTls = parts.length === 3;
  const [name = '', port = ''] = isTls ? parts.slice(1) : parts;
  const pod = world.store.get(resource, namespace, name);
  if (pod === undefined) throw notFound('pods', name);
  if (world.answer === undefined) {
    const message = `error trying to reach service: dial tcp 10.0.0.7:${port}: connect: connection refused`;
    throw new Refused({ code: 503, reason: 'ServiceUnavailable', message });
  }
  const path = `${rest.slice('proxy'.length)}${query.size > 0 ? `?${query}` : ''}`;
  const { status, body } = await world.answer({ pod, port: Number(port), isTls, path });
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

/** `/apis/apps/v1/namespaces/iris/deployments/iris/status` */
function findTarget(path: string, resources: readonly Resource[]): Target | undefined {
  const [, apiVersion = '', own = ''] =
    /^\/(?:api\/(?=v)|apis\/(?=[^/]+\/v))((?:[^/]+\/)?v\d\w*)\/(.+)$/.exec(path) ?? [];
  const parts = own.split('/');
  const isInside = parts[0] === 'namespaces' && parts.length > 2;
  const namespace = isInside ? parts[1] : undefined;
  const [plural, name, ...rest] = isInside ? parts.slice(2) : parts;
  const resource = resources.find((each) => each.apiVersion === apiVersion && each.plural === plural);
  return resource && { resource, namespace, name, rest: rest.join('/') };
}

function matches({ metadata, ...object }: Stored, query: URLSearchParams): boolean {
  const labels = metadata.labels ?? {};
  const hasLabels = termsOf(query.get('labelSelector')).every(([key, value]) => labels[key] === value);
  const about = object.involvedObject as Readonly<Record<string, string>> | undefined;
  const hasFields = termsOf(query.get('fieldSelector')).every(([key, value]) => {
    if (key === 'metadata.name') return metadata.name === value;
    if (key === 'type') return object.type === value;
    return about?.[key.replace('involvedObject.', '')] === value;
  });
  return hasLabels && hasFields;
}

function termsOf(selector: string | null): readonly (readonly [string, string])[] {
  if (selector === null || selector === '') return [];
  return selector.split(',').map((term) => {
    const [key = '', value = ''] = term.split('=');
    return [key, value];
  });
}

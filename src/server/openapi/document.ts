/** Service spec × served models × routes → the OpenAPI 3.1 document of the service. Pure. */
import { batchDimension } from '../../model/batch.ts';
import type { ServiceSpec } from '../../service/spec.ts';
import type { ServedModel } from '../contract.ts';
import type { Route } from '../routes.ts';
import { type ModelParts, modelParts } from './model-parts.ts';
import { type Content, type Operation, TAGS } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { type Json, present, type Schema } from './schema.ts';
import {
  HEADERS,
  headersOf,
  PREDICTION_HEADERS,
  REQUEST_HEADERS,
  refusalName,
  refusalSchema,
  refusalsOf,
  SCHEMAS,
  SECURITY,
  SECURITY_SCHEMES,
} from './shared.ts';
import { V2_SCHEMAS } from './v2-schemas.ts';

export interface DocumentParts {
  readonly spec: Pick<ServiceSpec, 'name' | 'version'>;
  /** The first is the default; of several with one name, the first is its default version. */
  readonly models: readonly ServedModel[];
  readonly routes: readonly Route[];
}

export function openApiDocument({ spec, models, routes }: DocumentParts): Schema {
  const parts = partsOf(models);
  const paths: Record<string, Record<string, Json>> = {};
  const refusals: Record<string, Schema> = {};
  for (const route of routes) {
    const operation = operationOf(route);
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: describe(route, operation, parts) };
    for (const status of statusesOf(route))
      refusals[refusalName(status, route.style)] = refusalSchema(status, route.style);
  }
  return {
    openapi: '3.1.0',
    info: { title: spec.name, version: spec.version, description: description(models) },
    servers: [{ url: './', description: 'This service.' }],
    tags: Object.entries(TAGS).map(([name, text]) => ({ name, description: text })),
    paths,
    components: {
      schemas: { ...SCHEMAS, ...V2_SCHEMAS, ...Object.assign({}, ...parts.map(({ schemas }) => schemas)) },
      examples: Object.assign({}, ...parts.map(({ examples }) => examples)),
      responses: refusals,
      headers: HEADERS,
      parameters: REQUEST_HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function partsOf(models: readonly ServedModel[]): readonly ModelParts[] {
  const prefixes = new Set<string>();
  const names = new Set<string>();
  return models.map((served) => {
    const { name, version, limits } = served.spec;
    const isDefaultVersion = !names.has(name);
    names.add(name);
    // `+` may stand in a version, but not in the name of a component; and a model may be called like the version of another.
    let prefix = isDefaultVersion ? name : `${name}.${version.replaceAll('+', '_')}`;
    while (prefixes.has(prefix)) prefix += '_';
    prefixes.add(prefix);
    const mostRows = batchDimension(served.signature) === 'any' ? limits.rowsPerRequest : 1;
    return modelParts(served, { prefix, isDefaultVersion, mostRows });
  });
}

function description(models: readonly ServedModel[]): string {
  const rows = models.map(({ spec, fingerprint }) => `| ${spec.name} | ${spec.version} | \`${fingerprint.model}\` |`);
  return ['| model | version | digest |', '|---|---|---|', ...rows].join('\n');
}

/** Every route of the table has one: a test compares them. */
function operationOf({ method, path, like = path }: Route): Operation {
  const operation = OPERATIONS[operationKey(method, like)];
  if (operation === undefined) throw new Error(`the OpenAPI document has no words for ${method} ${like}`);
  return operation;
}

/** Routes with and without a version, or a slash at their end, are told of in the same words. */
export function operationKey(method: string, path: string): string {
  return `${method} ${path.replace('/versions/{version}', '').replace(/(?<=.)\/$/, '')}`;
}

function statusesOf({ style, infers, path, scope }: Route): readonly number[] {
  return refusalsOf({ style, infers, namesModel: /{(model|name)}/.test(path), isGuarded: scope !== 'open' });
}

function describe(route: Route, operation: Operation, parts: readonly ModelParts[]): Schema {
  const models = addressed(route, parts);
  const { id, tag, summary, description: text, body, isBodyOptional = false, answers } = operation;
  const refused = statusesOf(route).map((status): [string, Schema] => [
    String(status),
    { $ref: `#/components/responses/${refusalName(status, route.style)}` },
  ]);
  const answered = Object.entries(answers(models)).map(
    ([status, { description: meaning, content, headers }]): [string, Schema] => [
      status,
      { description: meaning, headers: { ...headersOf(Number(status)), ...headers }, content: mediaTypes(content) },
    ],
  );
  return present({
    operationId: operationId(id, route),
    tags: [tag],
    summary,
    description: text,
    security: route.scope === 'open' ? undefined : SECURITY,
    parameters: parametersOf(route, operation, models),
    requestBody: body && { required: !isBodyOptional, content: mediaTypes(body(models)) },
    responses: { ...Object.fromEntries(refused), ...Object.fromEntries(answered) },
  });
}

/** The models that a route can mean. */
function addressed({ path }: Route, parts: readonly ModelParts[]): readonly ModelParts[] {
  if (!path.includes('{model}')) return parts.slice(0, 1);
  return path.includes('{version}') ? parts : parts.filter(({ isDefaultVersion }) => isDefaultVersion);
}

/** Two routes must not share an id. */
function operationId(id: string, { path, like }: Route): string {
  if (like !== undefined) return `${id}AtOwnPath`;
  if (path.includes('{version}')) return `${id}Version`;
  return /.\/$/.test(path) ? `${id}WithSlash` : id;
}

function parametersOf(
  { path, infers }: Route,
  { parameters = [] }: Operation,
  models: readonly ModelParts[],
): readonly Schema[] | undefined {
  const parameter = (name: string, description: string, values?: readonly string[]): readonly Schema[] =>
    path.includes(`{${name}}`)
      ? [
          {
            name,
            in: 'path',
            required: true,
            description,
            schema: present({ type: 'string', enum: values && [...new Set(values)] }),
          },
        ]
      : [];
  const found = [
    ...parameter(
      'model',
      'Name of a model.',
      models.map(({ served }) => served.spec.name),
    ),
    ...parameter(
      'version',
      'A version of it that is served.',
      models.map(({ served }) => served.spec.version),
    ),
    // Also one that is not served at this moment.
    ...parameter('name', 'Name of a model of the project.'),
  ];
  const headers = [...(infers ? PREDICTION_HEADERS : []), ...parameters].map((name) => ({
    $ref: `#/components/parameters/${name}`,
  }));
  const all = [...found, ...headers];
  return all.length === 0 ? undefined : all;
}

function mediaTypes(contents: readonly Content[]): Schema {
  return Object.fromEntries(
    contents.map(({ type, schema, examples = [] }): [string, Schema] => {
      const shown = examples.map((name): [string, Schema] => [name, { $ref: `#/components/examples/${name}` }]);
      return [type, present({ schema, examples: shown.length > 0 ? Object.fromEntries(shown) : undefined })];
    }),
  );
}

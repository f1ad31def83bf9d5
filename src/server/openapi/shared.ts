/** What every route has in common: headers of the identity, refusals, and the schemas they are written in. */
import type { ErrorStyle } from '../routes.ts';
import { TITLES } from '../status.ts';
import { json } from './operation.ts';
import { arrayOf, objectOf, present, ref, type Schema } from './schema.ts';

const text: Schema = { type: 'string' };
const DIGEST: Schema = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' };
const STATES = ['loading', 'warming', 'ready', 'draining', 'unloaded', 'failed'];

export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Identity: { ...objectOf({ name: text, version: text, digest: DIGEST }), description: 'Which model answered.' },
  Error: objectOf({ error: text }),
  Problem: {
    ...objectOf(
      {
        type: text,
        title: text,
        status: { type: 'integer' },
        detail: text,
        errors: arrayOf(ref('Violation'), { min: 1, max: 100 }),
        errorCount: { type: 'integer', description: 'Of all violations; "errors" lists the first hundred.' },
        model: ref('Identity'),
        requestId: text,
      },
      ['errors', 'errorCount'],
    ),
    description: 'RFC 9457.',
  },
  Violation: objectOf({
    pointer: { type: 'string', description: 'Where in the body: a JSON pointer (RFC 6901).' },
    rule: text,
    expected: text,
  }),
  Readiness: objectOf({
    status: { enum: ['ready', 'not ready', 'draining'] },
    service: objectOf({ name: text, version: text }),
    models: arrayOf(
      objectOf({ name: text, version: text, digest: DIGEST, state: { enum: STATES }, reason: text }, ['reason']),
    ),
  }),
};

/** The two answers of a readiness probe. */
export const READINESS = {
  200: json('Every model is ready.', ref('Readiness')),
  503: json('Not ready, or about to stop.', ref('Readiness')),
};

const header = (schema: Schema, description: string, required = true): Schema =>
  present({ description, required: required ? true : undefined, schema });

export const HEADERS: Readonly<Record<string, Schema>> = {
  'X-Model-Name': header(text, 'The model that answered; the default model where none is addressed.'),
  'X-Model-Version': header(text, 'Its version.'),
  'X-Model-Digest': header(DIGEST, 'The digest of its bytes.'),
  'X-Request-Id': header({ type: 'string', pattern: '^[\\w.-]{1,64}$' }, 'The id of the request, as in the log.'),
  'X-Content-Type-Options': header({ const: 'nosniff' }, 'The content is what its type says.'),
  traceparent: header(text, 'The W3C trace context of the request, where it sent a valid one.', false),
};

/** Headers that a request may have: the first two of every prediction. */
export const REQUEST_HEADERS: Readonly<Record<string, Schema>> = {
  RequestId: {
    name: 'X-Request-Id',
    in: 'header',
    description: 'An id of the request; another one is made up when it does not fit.',
    schema: { type: 'string', pattern: '^[\\w.-]{1,64}$' },
  },
  RequestTimeout: {
    name: 'X-Request-Timeout-Ms',
    in: 'header',
    description: 'Milliseconds that the client is ready to wait.',
    schema: { type: 'integer', minimum: 1, maximum: 999_999_999 },
  },
  HeaderLength: {
    name: 'Inference-Header-Content-Length',
    in: 'header',
    description: 'Bytes of the JSON, where bytes of tensors follow; 0: all of the body is the data of the only input.',
    schema: { type: 'integer', minimum: 0 },
  },
};

const CHALLENGE: Schema = { 'WWW-Authenticate': header(text, 'How to show a key (RFC 6750).') };

/** Headers of single answers, by status. */
const OWN_HEADERS: Readonly<Record<number, Schema>> = {
  401: CHALLENGE,
  403: CHALLENGE,
  415: { 'Accept-Encoding': header(text, 'The encodings that are taken.') },
  503: { 'Retry-After': header({ type: 'string', pattern: '^\\d+$' }, 'Seconds to wait.', false) },
};

/** References to the headers of every answer, and those of the status. */
export function headersOf(status: number): Schema {
  const shared = Object.keys(HEADERS).map((name): [string, Schema] => [name, { $ref: `#/components/headers/${name}` }]);
  return { ...Object.fromEntries(shared), ...OWN_HEADERS[status] };
}

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'The body is not JSON, or the bytes are no HTTP.',
  401: 'An API key is asked for, and none, or an unknown one, was shown.',
  403: 'The API key is not for this, or nobody may do it from where the call comes from.',
  404: 'No such model or version.',
  408: 'The request did not arrive in time.',
  413: 'The body is too large.',
  415: 'The body has a Content-Encoding that is not taken.',
  417: 'An Expect other than 100-continue.',
  422: 'The body does not fit the model.',
  431: 'The headers are too large.',
  500: 'The model failed on this input, or a bug; the log has the reason under the request id.',
  503: 'The model is not ready, or too much is waiting.',
  504: 'The request waited too long and was dropped before it ran.',
};

/** Names of the request headers of every prediction. */
export const PREDICTION_HEADERS: readonly string[] = ['RequestId', 'RequestTimeout'];

export interface RouteTraits {
  readonly style: ErrorStyle;
  readonly infers: boolean;
  readonly namesModel: boolean;
  /** Whether a key is asked for, where any is. */
  readonly isGuarded: boolean;
}

/** The two ways to show a key, and none: whether one is asked for is a setting. */
export const SECURITY: readonly Schema[] = [{ bearer: [] }, { apiKey: [] }, {}];

export const SECURITY_SCHEMES: Readonly<Record<string, Schema>> = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key, where the service asks for one.' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The same.' },
};

/** Statuses with which a route may refuse a request, or the transport in its name. */
export function refusalsOf({ style, infers, namesModel, isGuarded }: RouteTraits): readonly number[] {
  const any = [400, 408, 413, 415, 417, 431, 500, 503];
  const ofModels = [...(namesModel ? [404] : []), ...(infers ? [504] : []), ...(style === 'problem' ? [422] : [])];
  return [...any, ...ofModels, ...(isGuarded ? [401, 403] : [])].sort((a, b) => a - b);
}

/** Name of the component that says how a status is written in a style. */
export function refusalName(status: number, style: ErrorStyle): string {
  return `${(TITLES[status] ?? String(status)).replaceAll(' ', '')}${style === 'problem' ? 'Problem' : ''}`;
}

export function refusalSchema(status: number, style: ErrorStyle): Schema {
  const [type, schema] = style === 'problem' ? ['application/problem+json', 'Problem'] : ['application/json', 'Error'];
  return {
    description: MEANINGS[status] ?? '',
    headers: headersOf(status),
    content: { [type]: { schema: ref(schema) } },
  };
}

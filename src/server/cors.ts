/** `cors.origins` × a request's head → the headers by which a browser lets a page of another origin read the answer. */
import type { Headers, RequestHead } from './contract.ts';

export interface Cors {
  /** To be put on every answer to a request with these headers. */
  headersFor(headers: Headers): Readonly<Record<string, string>>;
  /** The question that a browser asks before a request: its answer's headers, or undefined when it is no such question or not to be granted. */
  preflight(head: RequestHead): Readonly<Record<string, string>> | undefined;
}

/** What pages may send: the headers that mean something here. */
const ALLOWED = [
  'Authorization',
  'Content-Encoding',
  'Content-Type',
  'Inference-Header-Content-Length',
  'Traceparent',
  'X-API-Key',
  'X-Request-Id',
  'X-Request-Timeout-Ms',
];
/** What pages may read, besides the few that they always may. */
const EXPOSED = [
  'Inference-Header-Content-Length',
  'Retry-After',
  'Traceparent',
  'WWW-Authenticate',
  'X-Model-Digest',
  'X-Model-Name',
  'X-Model-Version',
  'X-Request-Id',
];
const EXPOSE = { 'Access-Control-Expose-Headers': EXPOSED.join(', ') };
const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST',
  'Access-Control-Allow-Headers': ALLOWED.join(', '),
  'Access-Control-Max-Age': '600',
};

/** Origins as browsers write them, and `*` for all. Cookies are never asked for, so none are allowed. Undefined: no origins. */
export function createCors(origins: readonly string[]): Cors | undefined {
  if (origins.length === 0) return undefined;
  const isAny = origins.includes('*');
  const known = new Set(origins);
  // Caches must not give the answer for one origin to another.
  const varies = isAny ? {} : { Vary: 'Origin' };
  const isGranted = (origin: string | undefined): origin is string =>
    origin !== undefined && (isAny || known.has(origin));
  return {
    headersFor: ({ origin }) =>
      isGranted(origin) ? { ...varies, 'Access-Control-Allow-Origin': isAny ? '*' : origin, ...EXPOSE } : varies,
    preflight: ({ method, headers }) => {
      const isQuestion = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
      return isQuestion && isGranted(headers.origin) ? PREFLIGHT : undefined;
    },
  };
}

/** The URL of a running server → from then on a test fails when an answer to a `fetch` of it is not what its own OpenAPI document says. */
import { afterEach } from 'vitest';
import { Conformity, type Exchange } from './conformity.ts';

interface Answered {
  readonly exchange: Promise<Exchange | undefined>;
  readonly conformity: Promise<Conformity | undefined>;
}

const plainFetch = globalThis.fetch;
/** By server; more than one where the models have changed, and the document with them. */
const documents = new Map<string, (Conformity | undefined)[]>();
/** Judged when the test is over, for some measure time. */
const answered: Answered[] = [];

/** Takes the place of the global `fetch`, so that no test can forget it. */
export async function checkFetches(url: string): Promise<void> {
  documents.set(url, [await readDocument(url)]);
  globalThis.fetch = checkedFetch;
}

afterEach(async () => {
  for (const { exchange, conformity } of answered.splice(0)) {
    const [made, document] = await Promise.all([exchange, conformity]);
    if (made === undefined || document === undefined) continue;
    const problems = document.problems(made);
    if (problems.length === 0) continue;
    throw new Error(`not as /openapi.json says: ${made.method} ${made.target} ${made.status}: ${problems.join('\n')}`);
  }
});

const checkedFetch: typeof fetch = async (input, init) => {
  const response = await plainFetch(input, init);
  const { origin, pathname, search } = new URL(input instanceof Request ? input.url : input);
  if (!documents.has(origin)) return response;
  const headers = Object.fromEntries(response.headers);
  const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
  const exchange = bodyOf(response).then(
    (body) => body && { method, target: pathname + search, status: response.status, headers, body },
  );
  answered.push({ exchange, conformity: documentFor(origin, headers, init?.headers) });
  return response;
};

/** The document that tells of the model that answered. */
async function documentFor(
  origin: string,
  headers: Exchange['headers'],
  sent: RequestInit['headers'],
): Promise<Conformity | undefined> {
  const known = documents.get(origin) ?? [];
  const found = known.find((document) => document?.tellsOf(headers));
  if (found !== undefined) return found;
  const current = await readDocument(origin, sent);
  known.push(current);
  return current;
}

/** With the headers of a request, for they may hold a key. Undefined where the server is gone already, or does not let us in. */
function readDocument(url: string, headers: RequestInit['headers'] = {}): Promise<Conformity | undefined> {
  return plainFetch(`${url}/openapi.json`, { headers })
    .then((response) => (response.ok ? response.json() : undefined))
    .then((document) => (document === undefined ? undefined : new Conformity(document as object)))
    .catch(() => undefined);
}

/** Undefined where the connection ended in the middle, which is for the test to see. */
function bodyOf(response: Response): Promise<Uint8Array | undefined> {
  return response
    .clone()
    .arrayBuffer()
    .then((body) => new Uint8Array(body))
    .catch(() => undefined);
}

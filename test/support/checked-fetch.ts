/** The URL of a running server → from then on each `fetch` of it rejects when the response is not what its own OpenAPI document says. */
import { Conformity } from './conformity.ts';

const plainFetch = globalThis.fetch;
const documents = new Map<string, Conformity>();

/** Takes the place of the global `fetch`, so that no test can forget it. */
export async function checkFetches(url: string): Promise<void> {
  documents.set(url, await readDocument(url));
  globalThis.fetch = checkedFetch;
}

async function readDocument(url: string): Promise<Conformity> {
  return new Conformity((await (await plainFetch(`${url}/openapi.json`)).json()) as object);
}

const checkedFetch: typeof fetch = async (input, init) => {
  const request = new Request(input, init?.signal === undefined ? {} : { signal: init.signal });
  const { origin, pathname, search } = new URL(request.url);
  const response = await plainFetch(input, init);
  const conformity = documents.get(origin);
  if (conformity === undefined) return response;
  // A connection that ends in the middle is for the test to see.
  const body = await response
    .clone()
    .arrayBuffer()
    .catch(() => undefined);
  if (body === undefined) return response;
  const exchange = {
    method: init?.method ?? request.method,
    target: pathname + search,
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(body),
  };
  if (conformity.problems(exchange).length === 0) return response;
  // The models may have changed since, and the document with them.
  const current = await readDocument(origin);
  documents.set(origin, current);
  const problems = current.problems(exchange);
  if (problems.length === 0) return response;
  throw new Error(`${exchange.method} ${exchange.target} ${exchange.status}: ${problems.join('\n')}`);
};

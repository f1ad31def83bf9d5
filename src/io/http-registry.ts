/** Credentials → registries over HTTP (OCI distribution specification): manifests and configurations, read without an engine. */
import { createHash } from 'node:crypto';
import { MlserveError } from '../errors.ts';
import type { Registry } from '../image/imaging.ts';
import type { Reference } from '../image/reference.ts';
import type { Credentials } from '../image/registry-auth.ts';
import { registryRefused } from './docker/errors.ts';

type FindCredentials = (registry: string) => Promise<Credentials | undefined>;

/** Of an image and of an index of images, in the words of OCI and of Docker. */
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const TIMEOUT_MS = 30_000;
/** No manifest or configuration is larger (the specification asks registries to take manifests of 4 MiB). */
const MOST_BYTES = 8 * 2 ** 20;

interface Question {
  readonly method: 'GET' | 'PUT';
  /** After `/v2/<repository>/`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export function httpRegistry(credentials: FindCredentials): Registry {
  const ask = async (reference: Reference, question: Question): Promise<Response> => {
    const url = `${baseUrl(reference.registry)}/v2/${reference.repository}/${question.path}`;
    const { method, headers, body } = question;
    const send = (authorization: string | undefined): Promise<Response> =>
      fetch(url, {
        method,
        headers: { ...headers, ...(authorization && { authorization }) },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    const what = `${reference.name}: ${question.path}`;
    try {
      const first = await send(undefined);
      if (first.status !== 401) return first;
      const challenge = first.headers.get('www-authenticate') ?? '';
      const found = await credentials(reference.registry);
      return await send(await authorization(challenge, found));
    } catch (error) {
      throw registryRefused(rootCause(error), what, reference.registry);
    }
  };
  return {
    async manifest(reference) {
      const name = reference.digest ?? reference.tag ?? 'latest';
      const response = await ask(reference, {
        method: 'GET',
        path: `manifests/${name}`,
        headers: { accept: MANIFESTS.join(', ') },
      });
      if (response.status === 404) return undefined;
      const text = await okText(response, reference);
      const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
      requireDigest(reference.digest, digest, reference);
      const mediaType = response.headers.get('content-type') ?? '';
      return { digest, mediaType, bytes: Buffer.byteLength(text), json: parse(text, reference) };
    },
    async blob(reference, digest) {
      const response = await ask(reference, { method: 'GET', path: `blobs/${digest}`, headers: {} });
      const text = await okText(response, reference);
      requireDigest(digest, `sha256:${createHash('sha256').update(text).digest('hex')}`, reference);
      return parse(text, reference);
    },
    async putManifest(reference, { mediaType, text }) {
      const headers = { 'content-type': mediaType };
      const response = await ask(reference, { method: 'PUT', path: `manifests/${reference.tag}`, headers, body: text });
      await okText(response, reference);
      return `sha256:${createHash('sha256').update(text).digest('hex')}`;
    },
  };
}

/** Registries of this machine speak HTTP, as engines hold it too. */
function baseUrl(registry: string): string {
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(registry);
  return `${isLocal ? 'http' : 'https'}://${registry}`;
}

/** The answer to a challenge: Basic itself, or a token fetched from where the challenge says. */
async function authorization(challenge: string, credentials: Credentials | undefined): Promise<string | undefined> {
  const basic =
    credentials !== undefined && 'username' in credentials
      ? `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`
      : undefined;
  if (/^basic/i.test(challenge)) return basic;
  const parameters = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map((match) => [match[1] ?? '', match[2] ?? '']),
  );
  const { realm = '', service = '', scope = '' } = parameters;
  if (!URL.canParse(realm)) return basic;
  const url = new URL(realm);
  const fields = { service, scope };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  if (credentials !== undefined && 'identityToken' in credentials) {
    const form = {
      ...fields,
      grant_type: 'refresh_token',
      client_id: 'mlserve',
      refresh_token: credentials.identityToken,
    };
    response = await fetch(url, { method: 'POST', body: new URLSearchParams(form), signal });
  } else {
    for (const [name, value] of Object.entries(fields)) if (value !== '') url.searchParams.set(name, value);
    response = await fetch(url, { headers: basic === undefined ? {} : { authorization: basic }, signal });
  }
  if (!response.ok) throw new Error(`unauthorized: ${url.host} answers ${response.status}`);
  const { token, access_token } = (await response.json()) as {
    readonly token?: string;
    readonly access_token?: string;
  };
  return `Bearer ${token ?? access_token ?? ''}`;
}

async function okText(response: Response, reference: Reference): Promise<string> {
  const length = Number(response.headers.get('content-length') ?? 0);
  const text = length > MOST_BYTES ? '' : await response.text();
  if (response.ok && length <= MOST_BYTES && text.length <= MOST_BYTES) return text;
  const reason = response.ok
    ? `answers more than ${MOST_BYTES} bytes`
    : `answers ${response.status} ${response.statusText}`;
  throw registryRefused(new Error(reason), reference.name, reference.registry);
}

function requireDigest(wanted: string | undefined, got: string, { name, registry }: Reference): void {
  if (wanted === undefined || wanted === got) return;
  throw new MlserveError('REGISTRY_REFUSED', `${name}: what the registry answers for ${wanted} has the digest ${got}`, {
    where: registry,
    hint: 'the registry, or something on the way to it, changes what it stores: do not use it',
  });
}

function parse(text: string, reference: Reference): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw registryRefused(new Error('answers what is not JSON'), reference.name, reference.registry);
  }
}

/** `fetch failed` says nothing; what it failed for is its cause. */
function rootCause(error: unknown): unknown {
  const { cause } = error as { readonly cause?: unknown };
  return cause instanceof Error ? cause : error;
}

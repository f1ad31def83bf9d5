/** `mlserve status`: the URL of a service → its state, and which models it serves in which versions. */
import { MlserveError } from '../errors.ts';
import type { Issue } from '../issue.ts';
import type { HttpAnswer, Io } from '../ports.ts';
import { baseUrl } from './base-url.ts';
import { type Readiness, readReadiness, whyNotReady } from './read-readiness.ts';
import { readTimeout } from './read-timeout.ts';

export interface StatusOptions {
  /** `http://127.0.0.1:8080`, also with a path where a proxy has put the service. */
  readonly url: string;
  /** For proxies that ask for one; the service itself tells everybody. */
  readonly apiKey?: string | undefined;
  /** PEM file of the authority of an https service. */
  readonly ca?: string | undefined;
  /** As a person writes it: `5s`. */
  readonly timeout: string;
}

export interface StatusResult extends Readiness {
  readonly url: string;
  /** One error for each model that is not ready, and for a service that stops. */
  readonly issues: readonly Issue[];
}

/** Throws SERVICE_UNREACHABLE when nothing of mlserve answers. */
export async function status(options: StatusOptions, io: Pick<Io, 'http' | 'files' | 'env'>): Promise<StatusResult> {
  const url = baseUrl(options.url);
  const timeoutMs = readTimeout(options.timeout);
  const ca = options.ca === undefined ? undefined : await io.files.readText(options.ca);
  const key = options.apiKey ?? io.env.MLSERVE_API_KEY;
  const headers = { accept: 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
  const answer = await io.http.send({ url: `${url}/readyz`, headers, timeoutMs, ca });
  const readiness = readReadiness(answer.body);
  if (readiness === undefined) throw noService(url, answer);
  return { url, ...readiness, issues: whyNotReady(readiness) };
}

function noService(url: string, { status: code }: HttpAnswer): MlserveError {
  const hint =
    code === 401 || code === 403
      ? 'a proxy may ask for a key: give it with --api-key or MLSERVE_API_KEY'
      : 'check the address; a proxy may need its path in the URL';
  const message = `what answers there (HTTP ${code} for /readyz) is no service of mlserve`;
  return new MlserveError('SERVICE_UNREACHABLE', message, { where: url, hint });
}

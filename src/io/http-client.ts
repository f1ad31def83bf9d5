/** A request → its answer, over a connection of its own. Asks no proxy: what is meant is the host of the URL. */
import { Buffer } from 'node:buffer';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { MlserveError } from '../errors.ts';
import type { HttpAnswer, HttpClient, HttpQuestion } from '../ports.ts';

/** More than any answer that a command reads. */
const MOST_BYTES = 64 * 2 ** 20;

export const httpClient: HttpClient = {
  async send(question) {
    const { url, method = 'GET', headers = {}, body, timeoutMs, ca, signal } = question;
    const { protocol } = new URL(url);
    const request = protocol === 'https:' ? (await import('node:https')).request : httpRequest;
    const options: RequestOptions & { ca?: string } = {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
      // One of its own: the shared one may be told by the environment to use a proxy.
      agent: false,
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]),
      ...(ca === undefined ? {} : { ca }),
    };
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown): void => reject(unreachable(cause, question));
      request(url, options, (answer) => void readAnswer(answer).then(resolve, fail))
        .on('error', fail)
        .end(body);
    });
  },
};

async function readAnswer(answer: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error(`the answer is larger than ${MOST_BYTES} bytes`);
  }
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  return { status: answer.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') };
}

const REASONS: Record<string, readonly [what: string, hint: string]> = {
  ECONNREFUSED: ['nothing listens there', 'check the address and port, and whether the service runs'],
  ENOTFOUND: ['there is no host of that name', 'check the name'],
  EAI_AGAIN: ['the name of the host cannot be looked up now', 'check the name and the network'],
  EHOSTUNREACH: ['the host cannot be reached', 'check the address and the network'],
  ENETUNREACH: ['the network cannot be reached', 'check the address and the network'],
  ECONNRESET: ['the connection was cut', 'check whether the service speaks http or https there'],
  EPROTO: ['it does not speak TLS', 'try http:// instead of https://'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['it does not speak TLS', 'try http:// instead of https://'],
  CERT_HAS_EXPIRED: ['its certificate has expired', 'renew the certificate (tls.cert)'],
  CERT_NOT_YET_VALID: ['its certificate is not valid yet', 'check the clocks'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['its certificate is for another name', 'use a name that the certificate holds'],
};
const UNKNOWN_AUTHORITY = [
  'its certificate is of an authority that is not known here',
  'give that one with --ca',
] as const;
const AUTHORITY_CODES = /^(?:UNABLE_TO_(?:VERIFY|GET)|SELF_SIGNED|DEPTH_ZERO)/;

function unreachable(cause: unknown, { url, timeoutMs }: HttpQuestion): MlserveError {
  const { code = '', name, message } = cause as NodeJS.ErrnoException;
  const [what, hint] =
    name === 'TimeoutError' || name === 'AbortError'
      ? [`no answer came within ${timeoutMs} ms`, 'check the address, or wait longer with --timeout']
      : AUTHORITY_CODES.test(code)
        ? UNKNOWN_AUTHORITY
        : code.startsWith('HPE_')
          ? ['it does not speak HTTP', 'try https:// instead of http://']
          : (REASONS[code] ?? [message, 'check the address']);
  return new MlserveError('SERVICE_UNREACHABLE', `the service cannot be reached: ${what}`, { where: url, hint, cause });
}

/** The one table: why the engine did not answer → HTTP status, text for the client, and the reason label of `mlserve_rejected_total`. */
import type { InferFailure } from '../engine/engine.ts';

export interface FailureRow {
  readonly status: number;
  readonly text: string;
  /** Seconds after which to try again; undefined where trying again is no help. */
  readonly retryAfter: number | undefined;
}

/** The runtime's own words never reach the client: they may quote the input. The log has them under the request id. */
export const FAILURES: { readonly [F in InferFailure]: FailureRow } = {
  'not-ready': { status: 503, text: 'the model is not ready', retryAfter: 1 },
  'queue-full': { status: 503, text: 'too many rows are waiting; try again later', retryAfter: 1 },
  'deadline-exceeded': {
    status: 504,
    text: 'the request waited too long and was dropped before it ran',
    retryAfter: undefined,
  },
  // Nobody is there to read it: 499 is what proxies log for a client that went away.
  cancelled: { status: 499, text: 'the client has gone', retryAfter: undefined },
  'runtime-failed': {
    status: 500,
    text: 'the model failed on this input; the log has the reason under this request id',
    retryAfter: undefined,
  },
  'worker-died': { status: 503, text: 'the model stopped while it ran; try again later', retryAfter: 1 },
};

/** Titles of the statuses we answer with (RFC 9110). */
export const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  417: 'Expectation Failed',
  422: 'Unprocessable Content',
  431: 'Request Header Fields Too Large',
  499: 'Client Closed Request',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

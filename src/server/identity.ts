/** A model and a request → the headers that every response carries: which model this is, which request this was. */
import { randomUUID } from 'node:crypto';
import type { Headers } from './contract.ts';

/** What a response says about the model behind it. */
export interface Identity {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
}

/** Of the 64 digits of a digest, as many as tell any two models apart that somebody has. */
const SHORT_DIGITS = 12;

/** A digest as log lines have it: its beginning. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + SHORT_DIGITS);
}

const REQUEST_ID = /^[\w.-]{1,64}$/;
/** W3C Trace Context: all-zero ids and version ff are invalid; versions after 00 may add fields. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]*)?$/;
const TRACEPARENT_00_LENGTH = 55;

/** The client's request id if it is one we can log and echo, else a new one. */
export function requestIdOf(headers: Headers): string {
  const sent = headers['x-request-id'];
  return sent !== undefined && REQUEST_ID.test(sent) ? sent : randomUUID();
}

/** The client's `traceparent` if it is valid. */
export function traceparentOf(headers: Headers): string | undefined {
  const sent = headers.traceparent;
  if (sent === undefined || !TRACEPARENT.test(sent)) return undefined;
  return sent.startsWith('00-') && sent.length !== TRACEPARENT_00_LENGTH ? undefined : sent;
}

export interface HeaderParts {
  readonly identity: Identity;
  readonly requestId: string;
  readonly type: string;
  readonly traceparent: string | undefined;
  readonly extra: Readonly<Record<string, string>> | undefined;
}

/** All headers of a response but those of the transport. One literal: every response has the same hidden class. */
export function responseHeaders({
  identity,
  requestId,
  type,
  traceparent,
  extra,
}: HeaderParts): Record<string, string> {
  const headers: Record<string, string> = {
    'Content-Type': type,
    'X-Model-Name': identity.name,
    'X-Model-Version': identity.version,
    'X-Model-Digest': identity.digest,
    'X-Request-Id': requestId,
    'X-Content-Type-Options': 'nosniff',
  };
  if (traceparent !== undefined) headers.traceparent = traceparent;
  return extra === undefined ? headers : Object.assign(headers, extra);
}

/** Who may do what: API keys, client certificates and the place a call comes from → allowed, or why not. The same for HTTP and gRPC. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Headers, Peer } from '../contract.ts';
import type { ApiKey, Scope } from './api-keys.ts';
import { isCalledHere } from './loopback.ts';

/** A call before its body was read. gRPC metadata has the same names as the headers. */
export interface Caller {
  readonly headers: Headers;
  readonly peer: Peer;
}

export interface Allowed {
  readonly isAllowed: true;
  /** Of the key that was shown; undefined where none is asked for. */
  readonly keyName: string | undefined;
}

export interface Denied {
  readonly isAllowed: false;
  /** 401: nobody known; 403: known, but not for this. gRPC: UNAUTHENTICATED and PERMISSION_DENIED. */
  readonly status: 401 | 403;
  readonly message: string;
  /** Value of `WWW-Authenticate` (RFC 6750). */
  readonly challenge: string;
  /** As of `Allowed`, for the log. */
  readonly keyName: string | undefined;
}

export type Verdict = Allowed | Denied;

export interface Gate {
  authorize(scope: Scope, caller: Caller): Verdict;
  /** From the next call on these are the keys. */
  replaceKeys(keys: readonly ApiKey[]): void;
}

export interface GateOptions {
  /** Undefined: no keys are asked for. An empty list lets nobody in. */
  readonly keys: readonly ApiKey[] | undefined;
  readonly adminAccess: 'off' | 'loopback' | 'key';
  /** Whether callers must show a certificate. */
  readonly needsCertificate: boolean;
}

const ANYONE: Allowed = { isAllowed: true, keyName: undefined };

export function createGate({ adminAccess, needsCertificate, ...start }: GateOptions): Gate {
  let { keys } = start;
  return {
    replaceKeys(next) {
      keys = next;
    },
    authorize(scope, caller) {
      if (needsCertificate && caller.peer.certificate !== 'trusted') {
        const shown = caller.peer.certificate === 'none' ? 'none was shown' : 'the one that was shown is not trusted';
        return deny(401, `a client certificate is needed, and ${shown}`);
      }
      if (scope === 'admin' && adminAccess === 'loopback') {
        if (isCalledHere(caller)) return ANYONE;
        return deny(403, 'calls that change the models are taken from this machine only (admin.access: loopback)');
      }
      // Where these calls are off there is nothing to guard: they change nothing, and say so.
      const asksNobody = keys === undefined && !(scope === 'admin' && adminAccess === 'key');
      return asksNobody ? ANYONE : withKey(scope, caller.headers, keys ?? []);
    },
  };
}

function withKey(scope: Scope, headers: Headers, keys: readonly ApiKey[]): Verdict {
  const shown = headers['x-api-key'] ?? bearerToken(headers.authorization);
  if (shown === undefined) return deny(401, 'an API key is needed: send Authorization: Bearer KEY, or X-API-Key');
  const key = findKey(shown, keys);
  if (key === undefined) return deny(401, 'the API key is not known', 'error="invalid_token"');
  if (key.scopes.has(scope)) return { isAllowed: true, keyName: key.name };
  const detail = `error="insufficient_scope", scope="${scope}"`;
  return { ...deny(403, `the API key is not for this: it has no scope "${scope}"`, detail), keyName: key.name };
}

/** `X-API-Key` goes first: behind a proxy, `Authorization` may be meant for that. */
function bearerToken(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
}

/** Compares with every key, and each in constant time: how long it takes tells nothing of any of them. */
function findKey(shown: string, keys: readonly ApiKey[]): ApiKey | undefined {
  const hash = createHash('sha256').update(shown).digest();
  let found: ApiKey | undefined;
  for (const key of keys) if (timingSafeEqual(hash, key.hash)) found = key;
  return found;
}

function deny(status: 401 | 403, message: string, detail?: string): Denied {
  const challenge = `Bearer realm="mlserve"${detail === undefined ? '' : `, ${detail}`}`;
  return { isAllowed: false, status, message, challenge, keyName: undefined };
}

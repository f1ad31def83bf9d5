import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type ApiKey, SCOPES, type Scope } from '../../../src/server/auth/api-keys.ts';
import { type Caller, createGate, type GateOptions, type Verdict } from '../../../src/server/auth/gate.ts';
import type { Headers } from '../../../src/server/contract.ts';

const key = (name: string, secret: string, ...scopes: Scope[]): ApiKey => ({
  name,
  scopes: new Set(scopes),
  hash: createHash('sha256').update(secret).digest(),
});
const KEYS = [key('app', 'a', 'infer'), key('ops', 'o', 'admin', 'metrics')];
const gate = (options: Partial<GateOptions> = {}) =>
  createGate({ keys: KEYS, adminAccess: 'key', needsCertificate: false, ...options });
const caller = (headers: Headers = {}, peer: Partial<Caller['peer']> = {}): Caller => ({
  headers,
  peer: { address: '10.1.2.3', certificate: 'none', ...peer },
});
const brief = (verdict: Verdict): string =>
  verdict.isAllowed ? `allowed ${verdict.keyName ?? 'anyone'}` : `${verdict.status} ${verdict.keyName ?? '-'}`;

describe('a gate with keys', () => {
  it('lets a key do what its scopes say, and nothing else', () => {
    const verdicts = (secret: string) =>
      SCOPES.map((scope) => brief(gate().authorize(scope, caller({ 'x-api-key': secret }))));
    expect(verdicts('a')).toEqual(['allowed app', '403 app', '403 app']);
    expect(verdicts('o')).toEqual(['403 ops', 'allowed ops', 'allowed ops']);
    expect(verdicts('x')).toEqual(['401 -', '401 -', '401 -']);
    expect(verdicts('')).toEqual(['401 -', '401 -', '401 -']);
  });

  it.each<[string, Headers, string]>([
    ['Bearer', { authorization: 'Bearer a' }, 'allowed app'],
    ['bearer in lower case, with spaces around', { authorization: 'bearer   a ' }, 'allowed app'],
    [
      'X-API-Key before Authorization, which may be for a proxy',
      { authorization: 'Bearer x', 'x-api-key': 'a' },
      'allowed app',
    ],
    ['another scheme', { authorization: 'Basic YTph' }, '401 -'],
    ['two tokens', { authorization: 'Bearer a a' }, '401 -'],
    ['the hash instead of the key', { 'x-api-key': `sha256:${KEYS[0]?.hash.toString('hex')}` }, '401 -'],
    ['nothing', {}, '401 -'],
  ])('reads %s', (_what, headers, expected) => {
    expect(brief(gate().authorize('infer', caller(headers)))).toBe(expected);
  });

  it('says how to come in, as RFC 6750 has it', () => {
    const challenge = (headers: Headers, scope: Scope) => {
      const verdict = gate().authorize(scope, caller(headers));
      return verdict.isAllowed ? undefined : verdict.challenge;
    };
    expect(challenge({}, 'infer')).toBe('Bearer realm="mlserve"');
    expect(challenge({ 'x-api-key': 'x' }, 'infer')).toBe('Bearer realm="mlserve", error="invalid_token"');
    expect(challenge({ 'x-api-key': 'a' }, 'admin')).toBe(
      'Bearer realm="mlserve", error="insufficient_scope", scope="admin"',
    );
  });

  it('uses other keys from the moment they are replaced, and an empty list lets nobody in', () => {
    const open = gate();
    open.replaceKeys([key('app', 'b', 'infer')]);
    const verdict = (secret: string) => brief(open.authorize('infer', caller({ 'x-api-key': secret })));
    expect([verdict('a'), verdict('b')]).toEqual(['401 -', 'allowed app']);
    open.replaceKeys([]);
    expect([verdict('a'), verdict('b')]).toEqual(['401 -', '401 -']);
  });
});

describe('a gate without keys', () => {
  it('asks nobody for one, except for changes to the models', () => {
    const open = gate({ keys: undefined });
    expect(SCOPES.map((scope) => brief(open.authorize(scope, caller())))).toEqual([
      'allowed anyone',
      '401 -',
      'allowed anyone',
    ]);
  });
});

describe('changes to the models', () => {
  it('need a key for them where there are keys, also when they are off and change nothing', () => {
    const off = gate({ adminAccess: 'off' });
    const verdicts = ['o', 'a', 'x'].map((secret) => brief(off.authorize('admin', caller({ 'x-api-key': secret }))));
    expect(verdicts).toEqual(['allowed ops', '403 app', '401 -']);
    expect(brief(gate({ adminAccess: 'off', keys: undefined }).authorize('admin', caller()))).toBe('allowed anyone');
  });

  const local = gate({ adminAccess: 'loopback' });
  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('are taken from %s without a key', (address) => {
    expect(brief(local.authorize('admin', caller({ host: 'localhost:8080' }, { address })))).toBe('allowed anyone');
  });

  it.each<[string, string | undefined, Headers]>([
    ['another address', '10.0.0.1', {}],
    ['an address that looks like it', '::ffff:10.127.0.1', {}],
    ['a connection that has gone', undefined, {}],
    ['a name that a page has bent to this machine', '127.0.0.1', { host: 'evil.example:8080' }],
    ['a name that begins like it', '127.0.0.1', { host: '127.0.0.1.evil.example' }],
    ['a page of another origin in a browser here', '127.0.0.1', { host: 'localhost', origin: 'https://evil.example' }],
    ['a form of such a page', '127.0.0.1', { host: 'localhost', 'sec-fetch-site': 'cross-site' }],
    ['a proxy on this machine', '127.0.0.1', { host: 'localhost', 'x-forwarded-for': '10.0.0.1' }],
    ['a proxy that says so as RFC 7239 has it', '127.0.0.1', { host: 'localhost', forwarded: 'for=10.0.0.1' }],
  ])('are not taken from %s', (_what, address, headers) => {
    expect(brief(local.authorize('admin', caller(headers, { address })))).toBe('403 -');
  });
});

describe('a gate that needs client certificates', () => {
  it('lets a trusted one through to the question of the key, and no other', () => {
    const strict = gate({ needsCertificate: true });
    const verdict = (certificate: Caller['peer']['certificate'], headers: Headers) =>
      brief(strict.authorize('infer', caller(headers, { certificate })));
    expect(verdict('trusted', { 'x-api-key': 'a' })).toBe('allowed app');
    expect(verdict('trusted', {})).toBe('401 -');
    expect(verdict('untrusted', { 'x-api-key': 'a' })).toBe('401 -');
    expect(verdict('none', { 'x-api-key': 'a' })).toBe('401 -');
  });
});

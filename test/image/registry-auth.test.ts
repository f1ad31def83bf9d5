import { describe, expect, it } from 'vitest';
import { credentialSource, readHelperAnswer } from '../../src/image/registry-auth.ts';

const basic = (text: string): string => Buffer.from(text).toString('base64');

describe('the credentials of a registry', () => {
  it('are those stored for its host, under any way to write it', () => {
    const config = { auths: { 'https://reg.example.com/v2/': { auth: basic('me:pass:word') } } };
    expect(credentialSource(config, 'reg.example.com')).toEqual({
      kind: 'stored',
      credentials: { username: 'me', password: 'pass:word' },
    });
    expect(credentialSource(config, 'other.example.com')).toEqual({ kind: 'none' });
  });

  it('of Docker Hub are under its old address', () => {
    const config = { auths: { 'https://index.docker.io/v1/': { auth: basic('me:x') } } };
    expect(credentialSource(config, 'docker.io')).toMatchObject({ kind: 'stored' });
  });

  it('may be an identity token', () => {
    const config = {
      auths: { 'r.io': { auth: basic('00000000-0000-0000-0000-000000000000:'), identitytoken: 'secret' } },
    };
    expect(credentialSource(config, 'r.io')).toEqual({ kind: 'stored', credentials: { identityToken: 'secret' } });
  });

  it('come from the helper of the registry, then from that of all', () => {
    const config = {
      credsStore: 'desktop',
      credHelpers: { 'gcr.io': 'gcloud' },
      auths: { 'gcr.io': { auth: basic('a:b') } },
    };
    expect(credentialSource(config, 'gcr.io')).toEqual({ kind: 'helper', name: 'gcloud', server: 'gcr.io' });
    expect(credentialSource(config, 'docker.io')).toEqual({
      kind: 'helper',
      name: 'desktop',
      server: 'https://index.docker.io/v1/',
    });
  });

  it('are read off what a helper prints', () => {
    expect(readHelperAnswer('{"Username":"me","Secret":"x"}')).toEqual({ username: 'me', password: 'x' });
    expect(readHelperAnswer('{"Username":"<token>","Secret":"t"}')).toEqual({ identityToken: 't' });
    expect(readHelperAnswer('credentials not found in native keychain')).toBeUndefined();
    expect(readHelperAnswer('{"Username":1}')).toBeUndefined();
    expect(readHelperAnswer('null')).toBeUndefined();
  });
});

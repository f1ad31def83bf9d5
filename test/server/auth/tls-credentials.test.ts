import { describe, expect, it } from 'vitest';
import { MlserveError } from '../../../src/errors.ts';
import { tlsCredentials } from '../../../src/server/auth/tls-credentials.ts';
import { pem } from '../../support/tls-files.ts';

const file = (path: string, text: string) => ({ path, text });
const credentials = (cert: string, key: string, clientCa?: string) =>
  tlsCredentials({
    cert: file('tls.crt', cert),
    key: file('tls.key', key),
    clientCa: clientCa === undefined ? undefined : file('ca.crt', clientCa),
  });

describe('TLS credentials', () => {
  it('are a certificate with its key, and authorities where clients show theirs', () => {
    const made = credentials(pem('server.cert') + pem('authority.cert'), pem('server.key'), pem('authority.cert'));
    expect(made.clientCa).toBe(pem('authority.cert'));
    // openssl x509 -enddate: Jan  1 00:00:00 2100 GMT
    expect(new Date(made.validUntil).toISOString()).toBe('2100-01-01T00:00:00.000Z');
    expect(credentials(pem('server.cert'), pem('server.key')).clientCa).toBeUndefined();
  });

  it('may have ended: the service says so, and answers', () => {
    const made = credentials(pem('ended.cert'), pem('ended.key'));
    expect(new Date(made.validUntil).toISOString()).toBe('2001-01-01T00:00:00.000Z');
  });

  const broken = pem('server.cert').replace(/^MII/m, 'XXX');
  it.each([
    ['the key of another certificate', pem('server.cert'), pem('renewed.key'), undefined, 'tls.key', 'does not belong'],
    ['an encrypted key', pem('server.cert'), pem('encrypted.key'), undefined, 'tls.key', 'encrypted'],
    ['no key at all', pem('server.cert'), 'nothing\n', undefined, 'tls.key', 'no private key'],
    ['a certificate for a key', pem('server.cert'), pem('server.cert'), undefined, 'tls.key', 'no private key'],
    [
      'a key for a certificate',
      pem('server.key'),
      pem('server.key'),
      undefined,
      'tls.crt',
      'private key and no certificate',
    ],
    ['an empty certificate', '', pem('server.key'), undefined, 'tls.crt', 'no certificate'],
    ['a damaged certificate', broken, pem('server.key'), undefined, 'tls.crt', 'certificate 1 of 1'],
    ['authority that is none', pem('server.cert'), pem('server.key'), pem('client.cert'), 'ca.crt', 'CN=a client'],
    ['an empty list of authorities', pem('server.cert'), pem('server.key'), '', 'ca.crt', 'no certificate'],
  ])('with %s are refused with the file and what to do', (_what, cert, key, clientCa, where, message) => {
    let thrown: unknown;
    try {
      credentials(cert, key, clientCa);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(MlserveError);
    const { code, where: place, hint = '', message: text } = thrown as MlserveError;
    expect([code, place]).toEqual(['CONFIG_INVALID', where]);
    expect(text).toContain(message);
    expect(hint).not.toBe('');
  });
});

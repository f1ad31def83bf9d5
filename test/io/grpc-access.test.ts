/** The gRPC port with TLS and with API keys. */
import { createHash } from 'node:crypto';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { credentials } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../src/server/auth/gate.ts';
import { type TlsCredentials, tlsCredentials } from '../../src/server/auth/tls-credentials.ts';
import { DIGEST } from '../server/support.ts';
import { GrpcClient } from '../support/grpc-client.ts';
import { pem } from '../support/tls-files.ts';
import { closing, startGrpc } from './grpc-support.ts';

const serverOf = (name: string, hasClients = false): TlsCredentials =>
  tlsCredentials({
    cert: { path: 'cert', text: pem(`${name}.cert`) },
    key: { path: 'key', text: pem(`${name}.key`) },
    clientCa: hasClients ? { path: 'ca', text: pem('authority.cert') } : undefined,
  });
const bytes = (name: string): Buffer => Buffer.from(pem(name));
const ca = bytes('authority.cert');
const secure = (address: string, shown?: string) => {
  const [key, cert] = shown === undefined ? [null, null] : [bytes(`${shown}.key`), bytes(`${shown}.cert`)];
  const options = { 'grpc.use_local_subchannel_pool': 1 };
  const client = new GrpcClient(address, options, credentials.createSsl(ca, key, cert));
  closing.push(() => client.close());
  return client;
};
const METADATA = ['ModelMetadata', { name: 'm' }] as const;

describe('the gRPC port with TLS', () => {
  it('answers clients who know its authority, and none who speak plainly', async () => {
    const { address, client } = await startGrpc({ tls: serverOf('server') });
    expect((await secure(address).ask(...METADATA)).code).toBe(0);
    expect((await client().ask(...METADATA)).code).toBe(14);
  });

  it('lets those who show no certificate, or one of somebody else, ask for the health alone', async () => {
    const gate = createGate({ keys: undefined, adminAccess: 'off', needsCertificate: true });
    const { address } = await startGrpc({ tls: serverOf('server', true) }, { gate });
    const check = ['grpc.health.v1.Health/Check', {}] as const;
    for (const shown of [undefined, 'intruder']) {
      const client = secure(address, shown);
      expect((await client.ask(...check)).message, shown).toEqual({ status: 'SERVING' });
      expect(await client.ask(...METADATA), shown).toMatchObject({
        code: 16,
        details: expect.stringContaining('a client certificate is needed'),
        trailers: { 'x-model-digest': DIGEST },
      });
    }
    expect((await secure(address, 'client').ask(...METADATA)).code).toBe(0);
  });

  it('takes other credentials for new connections, and keeps what it has when they cannot be used', async () => {
    const { listener, address } = await startGrpc({ tls: serverOf('server') });
    const subject = () =>
      new Promise((resolve, reject) => {
        const session = connectHttp2(`https://${address}`, { ca });
        session.once('error', reject).once('connect', (_, socket) => {
          resolve(
            (socket as unknown as { getPeerX509Certificate(): { serialNumber: string } }).getPeerX509Certificate()
              .serialNumber,
          );
          session.destroy();
        });
      });
    const before = await subject();
    const old = secure(address);
    expect((await old.ask(...METADATA)).code).toBe(0);
    expect(() => listener.replaceTls({ ...serverOf('server'), key: 'no key' })).toThrow();
    expect(await subject()).toBe(before);
    listener.replaceTls(serverOf('renewed'));
    expect(await subject()).not.toBe(before);
    expect((await old.ask(...METADATA)).code).toBe(0);
  });

  it('waits no longer for a handshake than for the head of a request', async () => {
    const { listener } = await startGrpc({ tls: serverOf('server'), headersTimeoutMs: 200 });
    const socket = connect(listener.port, '127.0.0.1').on('error', () => {});
    const start = performance.now();
    await new Promise((closed) => socket.resume().once('close', closed));
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

describe('the gRPC port with API keys', () => {
  const key = {
    name: 'app',
    scopes: new Set(['infer'] as const),
    hash: createHash('sha256').update('sesame').digest(),
  };
  const gate = () => createGate({ keys: [key], adminAccess: 'key', needsCertificate: false });

  it('lets in those who show one, and logs whose it is', async () => {
    const { client, lines } = await startGrpc({}, { gate: gate() });
    const request = {
      model_name: 'm',
      inputs: [{ name: 'INPUT0', datatype: 'FP32', shape: [1, 1] }],
      raw_input_contents: [Buffer.alloc(4)],
    };
    for (const metadata of [{ authorization: 'Bearer sesame' }, { 'x-api-key': 'sesame' }]) {
      expect((await client().ask('ModelInfer', request, { metadata })).code).toBe(0);
      const stream = client().stream('ModelStreamInfer', { metadata });
      stream.send(request);
      await stream.until(1);
      stream.end();
      expect(await stream.ended).toMatchObject({ code: 0 });
    }
    expect(lines.map(({ fields }) => fields.key)).toEqual(['app', 'app', 'app', 'app']);
  });

  it('turns away everybody else before a message is read, and counts them', async () => {
    const { client, metric, listener } = await startGrpc({}, { gate: gate() });
    expect(await client().ask('ModelInfer', {})).toMatchObject({ code: 16, trailers: { 'x-model-digest': DIGEST } });
    const loading = await client().ask(
      'RepositoryModelLoad',
      { model_name: 'm' },
      { metadata: { 'x-api-key': 'sesame' } },
    );
    expect(loading.code).toBe(7);
    const session = connectHttp2(`http://127.0.0.1:${listener.port}`).on('error', () => {});
    closing.push(() => session.destroy());
    const path = '/inference.GRPCInferenceService/ModelInfer';
    const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
    const answered = await new Promise<Record<string, unknown>>((resolve) =>
      stream.on('error', () => {}).once('response', resolve),
    );
    expect(answered['grpc-status']).toBe('16');
    while (!(await metric('mlserve_rejected_total')).includes('unauthorized 2'))
      await new Promise((wake) => setTimeout(wake, 10));
    expect((await client().ask('grpc.health.v1.Health/Check', {})).code).toBe(0);
  });
});

describe('admin calls over gRPC', () => {
  const control = { load: async () => {}, unload: async () => {} };

  it('are taken from this machine alone where the service says so', async () => {
    const gate = createGate({ keys: undefined, adminAccess: 'loopback', needsCertificate: false });
    const { client } = await startGrpc({}, { gate, control });
    const load = ['RepositoryModelLoad', { model_name: 'm' }] as const;
    expect(await client().ask(...load)).toMatchObject({ code: 0, message: { model_name: 'm', isLoaded: true } });
    expect(await client().ask(...load, { metadata: { 'x-forwarded-for': '10.0.0.1' } })).toMatchObject({ code: 7 });
    const bent = client({ 'grpc.default_authority': 'evil.example' });
    expect(await bent.ask(...load)).toMatchObject({ code: 7 });
  });
});

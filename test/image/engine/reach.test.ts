import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../../support/temp.ts';
import { pem } from '../../support/tls-files.ts';
import { build, DOCKER_HOST, describeWithEngine, mlserve, project } from './support.ts';

/** An engine that is reached by TLS alone, and only by who has a certificate; its `host:port`. */
async function remoteEngine(): Promise<string> {
  const server = createServer(
    {
      key: pem('server.key'),
      cert: pem('server.cert'),
      ca: pem('authority.cert'),
      requestCert: true,
      rejectUnauthorized: true,
      allowHalfOpen: true,
    },
    (client) => {
      const engine = connect({ path: DOCKER_HOST.replace('unix://', ''), allowHalfOpen: true });
      client.pipe(engine).pipe(client);
      client.on('error', () => engine.destroy()).on('close', () => engine.destroy());
      engine.on('error', () => client.destroy()).on('close', () => client.destroy());
    },
  );
  server.on('tlsClientError', () => {});
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As Docker's client lays them out; the folder. */
async function certificates(folder: string, client = 'client'): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'ca.pem'), pem('authority.cert'));
  await writeFile(join(folder, 'cert.pem'), pem(`${client}.cert`));
  await writeFile(join(folder, 'key.pem'), pem(`${client}.key`));
  return folder;
}

/** A folder of Docker's client with one context, as `docker context create` writes it. */
async function contextOf(name: string, host: string): Promise<{ readonly folder: string; readonly tls: string }> {
  const folder = await tempFolder();
  const id = createHash('sha256').update(name).digest('hex');
  const meta = join(folder, 'contexts/meta', id);
  await mkdir(meta, { recursive: true });
  await writeFile(
    join(meta, 'meta.json'),
    JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } }),
  );
  await writeFile(join(folder, 'config.json'), JSON.stringify({ currentContext: name }));
  return { folder, tls: join(folder, 'contexts/tls', id, 'docker') };
}

describeWithEngine('an engine', () => {
  it('behind TLS builds and tries an image for who has a certificate, and for nobody else', async () => {
    const cwd = await project(await tempFolder(), 'remote', 'digest/base');
    const host = `tcp://${await remoteEngine()}`;
    const folder = await certificates(await tempFolder());
    const env = { DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder };
    expect((await build(cwd, [], env)).platforms[0]?.smoke?.examples).toEqual({ asked: 1, passed: 1 });
    // It asks for what it does not have, through TLS too.
    const again = await mlserve(['build', 'image', '--no-smoke'], { cwd, env });
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('ADD runtime.tar server.tar / (cached)') });
    const stranger = await certificates(await tempFolder(), 'intruder');
    const refused = await mlserve(['build', 'image'], { cwd, env: { ...env, DOCKER_CERT_PATH: stranger } });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('[ENGINE_UNREACHABLE]') });
    const unknown = await mlserve(['build', 'image'], { cwd, env: { ...env, DOCKER_CERT_PATH: await tempFolder() } });
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('certificate') });
  }, 90_000);

  it('is that of the chosen context: a socket, or one behind TLS with the certificates of the context', async () => {
    const cwd = await project(await tempFolder(), 'context', 'digest/base');
    const local = await contextOf('local', DOCKER_HOST);
    const args = ['--no-smoke'];
    expect((await build(cwd, args, { DOCKER_HOST: '', DOCKER_CONFIG: local.folder })).tags).toEqual(['context:1.0.0']);
    const remote = await contextOf('remote', `tcp://${await remoteEngine()}`);
    await certificates(remote.tls);
    expect((await build(cwd, args, { DOCKER_HOST: '', DOCKER_CONFIG: remote.folder })).tags).toHaveLength(1);
    const absent = await mlserve(['build', 'image'], {
      cwd,
      env: { DOCKER_HOST: '', DOCKER_CONFIG: local.folder, DOCKER_CONTEXT: 'absent' },
    });
    expect(absent).toMatchObject({ code: 2, stderr: expect.stringContaining('the Docker context "absent"') });
  }, 90_000);
});

import { createHash } from 'node:crypto';
import { appendFile, chmod, chown, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Container } from 'dockerode';
import { expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../../support/temp.ts';
import { pemPath } from '../../support/tls-files.ts';
import { build, describeWithEngine, docker, done, project } from './support.ts';

/** 32 characters and more, as keys must be. */
const KEY = 'tests-0123456789abcdef0123456789abcdef';

/** A project that asks for a certificate of its own and for keys; neither lies in its image. */
async function protectedProject(home: string, more: string): Promise<string> {
  const folder = await project(home, 'guarded', 'digest/base');
  await mkdir(join(folder, 'secrets'));
  await copyFile(pemPath('server.cert'), join(folder, 'secrets/tls.crt'));
  await copyFile(pemPath('server.key'), join(folder, 'secrets/tls.key'));
  await writeFile(
    join(folder, 'secrets/keys'),
    `tests infer sha256:${createHash('sha256').update(KEY).digest('hex')}\n`,
  );
  await copyFile(pemPath('authority.cert'), join(folder, 'secrets/authority.crt'));
  await copyFile(pemPath('client.cert'), join(folder, 'secrets/client.crt'));
  await copyFile(pemPath('client.key'), join(folder, 'secrets/client.key'));
  for (const name of await readdir(join(folder, 'secrets'))) {
    await chmod(join(folder, 'secrets', name), 0o600);
    // Secrets are mounted for the user of the image.
    await chown(join(folder, 'secrets', name), 10001, 10001);
  }
  await appendFile(
    join(folder, 'mlserve.yaml'),
    `tls: {cert: secrets/tls.crt, key: secrets/tls.key${more}}\nauth: {keysFile: secrets/keys}\n`,
  );
  await done(['lock'], { cwd: folder });
  return folder;
}

/** What a program in the container prints. */
async function runIn(container: Container, program: string): Promise<string> {
  const exec = await container.exec({ Cmd: ['node', '-e', program], AttachStdout: true, AttachStderr: true });
  const [stream, said] = [await exec.start({}), new PassThrough()];
  docker().modem.demuxStream(stream, said, said);
  stream.on('end', () => said.end());
  return (await text(said)).trim();
}

/** Asks for the metadata of the model with the key, and with a certificate of the client or without one; prints the status. */
const asking = (certificate: string): string => `
  const { readFileSync: read } = require('fs');
  const options = {
    port: 8080, path: '/v2/models/guarded', headers: { authorization: 'Bearer ${KEY}' }, rejectUnauthorized: false, ${certificate}
  };
  require('https').get(options, (answer) => console.log(answer.statusCode)).on('error', console.log);`;
const WITH_CERTIFICATE = "cert: read('/models/secrets/client.crt'), key: read('/models/secrets/client.key')";

describeWithEngine('an image of a project with TLS and API keys', () => {
  it.each([
    ['a certificate of its own', '', ['200', '200']],
    ['certificates of its clients too', ', clientCa: secrets/authority.crt', ['401', '200']],
  ])(
    'is tried without them, holds none of them, and is healthy with those that are mounted: %s',
    async (_, more, statuses) => {
      const home = await tempFolder();
      const folder = await protectedProject(home, more);
      const [built] = (await build(folder)).platforms;
      expect(built?.smoke?.examples).toEqual({ asked: 1, passed: 1 });
      await done(['build', 'image', '--eject', '../ejected'], { cwd: folder });
      await expect(readFile(join(home, 'ejected/layers/service/models/secrets/tls.key'))).rejects.toThrow('ENOENT');
      const container = await docker().createContainer({
        Image: built?.id ?? '',
        HostConfig: {
          NetworkMode: 'none',
          ReadonlyRootfs: true,
          CapDrop: ['ALL'],
          SecurityOpt: ['no-new-privileges'],
          Binds: [`${join(folder, 'secrets')}:/models/secrets:ro`],
        },
      });
      onTestFinished(() => container.remove({ force: true }));
      await container.start();
      let health: string | undefined;
      for (let attempt = 0; attempt < 300 && health !== 'healthy'; attempt++) {
        const { State } = await container.inspect();
        health = State.Health?.Status;
        if (!State.Running) throw new Error(String(await container.logs({ stderr: true, stdout: true })));
        await new Promise((wake) => setTimeout(wake, 100));
      }
      expect(health).toBe('healthy');
      expect(await runIn(container, 'console.log(process.getuid())')).toBe('10001');
      expect([await runIn(container, asking('')), await runIn(container, asking(WITH_CERTIFICATE))]).toEqual(statuses);
      await container.stop({ t: 20 });
      expect((await container.inspect()).State.ExitCode).toBe(0);
    },
    180_000,
  );
});

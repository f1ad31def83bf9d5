import { createHash } from 'node:crypto';
import { appendFile, chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../../support/temp.ts';
import { pemPath } from '../../support/tls-files.ts';
import { build, describeWithEngine, docker, done, project } from './support.ts';

/** 32 characters and more, as keys must be. */
const KEY = 'tests-0123456789abcdef0123456789abcdef';

/** A project that asks for a certificate of its own and for keys; neither lies in its image. */
async function protectedProject(home: string): Promise<string> {
  const folder = await project(home, 'guarded', 'digest/base');
  await mkdir(join(folder, 'secrets'));
  await copyFile(pemPath('server.cert'), join(folder, 'secrets/tls.crt'));
  await copyFile(pemPath('server.key'), join(folder, 'secrets/tls.key'));
  await writeFile(
    join(folder, 'secrets/keys'),
    `tests infer sha256:${createHash('sha256').update(KEY).digest('hex')}\n`,
  );
  for (const name of ['tls.crt', 'tls.key', 'keys']) await chmod(join(folder, 'secrets', name), 0o600);
  await appendFile(
    join(folder, 'mlserve.yaml'),
    'tls: {cert: secrets/tls.crt, key: secrets/tls.key}\nauth: {keysFile: secrets/keys}\n',
  );
  await done(['lock'], { cwd: folder });
  return folder;
}

describeWithEngine('an image of a project with TLS and API keys', () => {
  it('is tried without them, holds none of them, and is healthy with those that are mounted', async () => {
    const home = await tempFolder();
    const folder = await protectedProject(home);
    const [built] = (await build(folder)).platforms;
    expect(built?.smoke?.examples).toEqual({ asked: 1, passed: 1 });
    await done(['build', 'image', '--eject', '../ejected'], { cwd: folder });
    await expect(readFile(join(home, 'ejected/layers/service/models/secrets/tls.key'))).rejects.toThrow('ENOENT');
    const container = await docker().createContainer({
      Image: built?.id ?? '',
      // The owner of the mounted files is the user of the tests.
      User: String(process.getuid?.() ?? 0),
      HostConfig: {
        NetworkMode: 'none',
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
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
    await container.stop({ t: 20 });
    expect((await container.inspect()).State.ExitCode).toBe(0);
  }, 90_000);
});

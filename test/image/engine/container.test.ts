import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../../support/temp.ts';
import { untrustedRegistry } from './fake-registry.ts';
import {
  addedLayers,
  BASE,
  type Built,
  build,
  buildFolder,
  describeWithEngine,
  docker,
  done,
  mlserve,
  project,
  REGISTRY,
} from './support.ts';

const DISTROLESS = 'gcr.io/distroless/nodejs24-debian12:nonroot';

/** A container of the image that runs until the test is over. */
async function start(image: string, options: object = {}) {
  const container = await docker().createContainer({
    Image: image,
    HostConfig: { NetworkMode: 'none', ReadonlyRootfs: true, CapDrop: ['ALL'], ...options },
  });
  onTestFinished(() => container.remove({ force: true }));
  await container.start();
  return container;
}

async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error('it never came');
}

describeWithEngine('an image', () => {
  it.each([
    ['slim', 'node:24-bookworm-slim'],
    ['distroless, without a shell', DISTROLESS],
  ])(
    'on a base that is %s runs as a production container: healthy, and gone at SIGTERM with exit code 0',
    async (_, base) => {
      const folder = await project(await tempFolder(), 'prod', 'digest/base');
      const built = await build(folder, ['--base', base]);
      const id = built.platforms[0]?.id ?? '';
      const { Config } = await docker().getImage(id).inspect();
      expect(Config).toMatchObject({
        User: '10001:10001',
        StopSignal: 'SIGTERM',
        Cmd: ['serve', '/models'],
        ExposedPorts: { '8080/tcp': {} },
      });
      expect(Config.Env).toEqual(
        expect.arrayContaining(['NODE_ENV=production', 'ORT_DISABLE_TELEMETRY=1', 'NODE_COMPILE_CACHE=/app/cache']),
      );
      const container = await start(id);
      const health = await until(async () => {
        const { State } = await container.inspect();
        return State.Health?.Status === 'healthy' ? State.Health.Status : undefined;
      });
      expect(health).toBe('healthy');
      await container.stop({ t: 20 });
      expect((await container.inspect()).State.ExitCode).toBe(0);
      // Nothing was written where it stands.
      expect(String(await container.changes()).trim()).toBe('null');
    },
    120_000,
  );

  it('starts as process 1 of a foreign user, who gets no compiled code but an answer', async () => {
    const folder = await project(await tempFolder(), 'user', 'digest/base');
    const container = await docker().createContainer({
      Image: (await build(folder)).platforms[0]?.id ?? '',
      User: '12345:0',
      HostConfig: { NetworkMode: 'none', ReadonlyRootfs: true },
    });
    onTestFinished(() => container.remove({ force: true }));
    await container.start();
    await until(async () => ((await container.inspect()).State.Health?.Status === 'healthy' ? true : undefined));
  }, 120_000);

  it('pins the base by its digest, and says which it was', async () => {
    const folder = await project(await tempFolder(), 'pinned', 'digest/base');
    const [built] = (await build(folder, ['--base', BASE])).platforms;
    const digests = (await docker().getImage(BASE).inspect()).RepoDigests;
    expect(digests).toContain(`${REGISTRY}/node@${built?.base.digest}`);
    expect(built?.labels).toMatchObject({
      'org.opencontainers.image.base.name': BASE,
      'org.opencontainers.image.base.digest': built?.base.digest,
    });
    // As it stands in a configuration, with another tag or none in the engine.
    const again = await build(folder, ['--base', `${REGISTRY}/node@${built?.base.digest}`]);
    expect((await addedLayers(again.platforms[0]?.id ?? '')).length).toBe(5);
  }, 120_000);

  it('keeps every label that was planned, whatever characters are in it', async () => {
    const folder = await project(await tempFolder(), 'labels', 'digest/base');
    await writeFile(
      join(folder, 'mlserve.yaml'),
      `${await readFile(join(folder, 'mlserve.yaml'), 'utf8')}image:\n  vendor: 'A "quoted" $HOME \\ back été 夏'\n  licenses: MIT\n`,
    );
    await done(['lock'], { cwd: folder });
    for (const DOCKER_BUILDKIT of ['0', '1']) {
      const [built] = (await build(folder, ['--no-smoke'], { DOCKER_BUILDKIT })).platforms;
      expect(
        (
          await docker()
            .getImage(built?.id ?? '')
            .inspect()
        ).Config.Labels,
      ).toMatchObject(built?.labels ?? {});
      expect(built?.labels['org.opencontainers.image.vendor']).toBe('A "quoted" $HOME \\ back été 夏');
    }
  }, 120_000);

  it('says the commit and where it is from, without the password in the address', async () => {
    const home = await tempFolder();
    const folder = await project(home, 'tracked', 'digest/base');
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
        encoding: 'utf8',
      });
    git('init', '-q');
    git('remote', 'add', 'origin', 'https://me:secret@example.com/team/tracked.git');
    git('add', '.');
    git('commit', '-qm', 'first', '--date=2024-01-02T03:04:05Z');
    const clean = await done(['build', 'image', '--print'], { cwd: folder, env: { SOURCE_DATE_EPOCH: '1704164645' } });
    expect(clean).toContain(`org.opencontainers.image.revision="${git('rev-parse', 'HEAD').trim()}"`);
    expect(clean).toContain('org.opencontainers.image.source="https://example.com/team/tracked.git"');
    expect(clean).toContain('org.opencontainers.image.created="2024-01-02T03:04:05Z"');
    expect(clean).not.toMatch(/secret|dirty/);
    await writeFile(join(folder, 'examples/note.txt'), 'not committed');
    expect(await done(['build', 'image', '--print'], { cwd: folder })).toContain('dev.mlserve.source.dirty="true"');
  }, 60_000);

  it('explains itself, from the engine and from the registry', async () => {
    const folder = await project(await tempFolder(), 'told', 'digest/base');
    const tag = `${REGISTRY}/team/told:1.0.0`;
    const built = await build(folder, ['--tag', tag, '--push']);
    const lock = JSON.parse(await readFile(join(folder, 'mlserve.lock'), 'utf8'));
    const [engine, registry] = await Promise.all([
      done(['inspect', tag, '--json'], { cwd: folder }),
      done(['inspect', built.image ?? '', '--json'], { cwd: folder, env: { DOCKER_HOST: 'unix:///nonexistent' } }),
    ]);
    for (const text of [engine, registry]) {
      const { made, digest } = JSON.parse(text);
      expect(digest).toBe(built.digest);
      expect(made.models).toEqual([{ name: 'told', version: '1.0.0', digests: lock.models[0].digests }]);
      expect(made.signature).toEqual(lock.models[0].signature);
      expect(made.lock).toBe(built.lock);
    }
    const people = await done(['inspect', tag], { cwd: folder });
    expect(people).toContain(lock.models[0].digests.model);
    const other = await mlserve(['inspect', 'node:24-bookworm-slim'], { cwd: folder });
    expect(other).toMatchObject({ code: 1, stdout: expect.stringContaining('image.unlabelled') });
    const nowhere = await mlserve(['inspect', `${REGISTRY}/nobody/has:this`], { cwd: folder });
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('[IMAGE_NOT_FOUND]') });
  }, 120_000);

  it('is not asked of a registry whose certificate nobody vouches for', async () => {
    const name = `${await untrustedRegistry()}/team/secret:1`;
    const run = await mlserve(['inspect', name], { cwd: await tempFolder() });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('[REGISTRY_REFUSED]') });
    expect(run.stderr).toMatch(/self-signed certificate/);
    expect(run.stderr).toContain('no certificate that is trusted here');
  }, 30_000);

  it('for two processors is one name in the registry, with an image for each', async () => {
    const folder = await project(await tempFolder(), 'both', 'digest/base');
    const tag = `${REGISTRY}/team/both:1.0.0`;
    const base = await multiPlatformBase();
    const built: Built = await build(folder, [
      '--tag',
      tag,
      '--push',
      '--platform',
      'linux/amd64,linux/arm64',
      '--base',
      base,
    ]);
    expect(built.platforms.map(({ platform, smoke }) => [platform, smoke === null])).toEqual([
      ['linux/amd64', false],
      ['linux/arm64', true],
    ]);
    const answer = await fetch(`http://${REGISTRY}/v2/team/both/manifests/1.0.0`, {
      headers: { accept: 'application/vnd.docker.distribution.manifest.list.v2+json' },
    });
    expect(answer.headers.get('docker-content-digest')).toBe(built.digest);
    const { manifests } = (await answer.json()) as {
      manifests: { platform: { architecture: string }; digest: string }[];
    };
    expect(manifests.map(({ platform }) => platform.architecture)).toEqual(['amd64', 'arm64']);
    const arm = await docker()
      .getImage(built.platforms[1]?.id ?? '')
      .inspect();
    expect(arm.Architecture).toBe('arm64');
    const library = '/app/vendor/onnxruntime-node/bin/napi-v6/linux/arm64/libonnxruntime.so.1';
    expect(
      built.platforms[1]?.size.layers.flatMap((layer) =>
        (layer as never as { files: { path: string }[] }).files.map(({ path }) => path),
      ),
    ).toContain(library);
    const classic = await build(folder, ['--no-smoke', '--platform', 'linux/arm64', '--base', base], {
      DOCKER_BUILDKIT: '0',
    });
    const { Architecture, RootFS } = await docker()
      .getImage(classic.platforms[0]?.id ?? '')
      .inspect();
    expect([Architecture, RootFS.Layers]).toEqual(['arm64', arm.RootFS.Layers]);
    // By hand, on a machine of the first: the same image for the second, whose SBOM alone does not know the digest of a base that nobody asked for.
    await done(['build', 'image', '--eject', 'ejected', '--platform', 'linux/arm64', '--base', base], { cwd: folder });
    const byHand = await docker()
      .getImage(await buildFolder(join(folder, 'ejected'), 2))
      .inspect();
    expect(byHand.Architecture).toBe('arm64');
    expect(byHand.RootFS.Layers?.slice(0, -1)).toEqual(arm.RootFS.Layers?.slice(0, -1));
  }, 180_000);
});

/** The base of the tests under one name for amd64 and arm64; the arm64 one holds nothing: none of it runs here. */
async function multiPlatformBase(): Promise<string> {
  const { Readable } = await import('node:stream');
  const { text } = await import('node:stream/consumers');
  const name = `${REGISTRY}/node-both`;
  const folder = await tempFolder();
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /etc/empty\n');
  const tar = execFileSync('tar', ['-C', folder, '-cf', '-', '.']);
  await text(await docker().buildImage(Readable.from([tar]), { t: `${name}:arm64`, platform: 'linux/arm64' }));
  await docker().getImage('node:24-bookworm-slim').tag({ repo: name, tag: 'amd64' });
  const manifests = [];
  for (const architecture of ['amd64', 'arm64']) {
    const said = await text(
      await docker()
        .getImage(name)
        .push({ tag: architecture, authconfig: {} as never }),
    );
    const digest = /"Digest":"(sha256:\w+)","Size":(\d+)/.exec(said);
    manifests.push({
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      digest: digest?.[1],
      size: Number(digest?.[2]),
      platform: { os: 'linux', architecture },
    });
  }
  const mediaType = 'application/vnd.docker.distribution.manifest.list.v2+json';
  const body = JSON.stringify({ schemaVersion: 2, mediaType, manifests });
  const put = await fetch(`http://${REGISTRY}/v2/node-both/manifests/24`, {
    method: 'PUT',
    headers: { 'content-type': mediaType },
    body,
  });
  if (!put.ok) throw new Error(await put.text());
  return `${name}:24`;
}

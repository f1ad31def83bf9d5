import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { copyFile, cp, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fixturePath } from '../../support/fixtures.ts';
import { makeTemp, tempFolder } from '../../support/temp.ts';
import { closed, failingAtTheEnd, fakeRegistry, refusing, untrustedRegistry } from './fake-registry.ts';
import { engineProxy } from './proxy.ts';
import {
  addedLayers,
  baseWith,
  build,
  DOCKER_HOST,
  describeWithEngine,
  docker,
  done,
  mlserve,
  project,
  REGISTRY,
} from './support.ts';

/** One project for what does not change it. */
let shared: Promise<string> | undefined;
function sharedProject(): Promise<string> {
  shared ??= makeTemp().then((home) => project(home, 'shared', 'digest/base'));
  return shared;
}

describeWithEngine('building an image, when things go wrong', () => {
  it('says that the engine went away in the middle of the build, and does not hang', async () => {
    const proxy = await engineProxy((answer, own) => {
      if (answer.includes('moby.buildkit.trace')) own.die();
    });
    const run = await mlserve(['build', 'image'], { cwd: await sharedProject(), env: { DOCKER_HOST: proxy.host } });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('[ENGINE_UNREACHABLE]') });
    expect(run.stderr).toContain('the container engine went away');
  }, 60_000);

  it('names the step that failed, quotes what it printed, and leaves no tag', async () => {
    // A base in which every setting of the server is refused.
    const base = await baseWith('broken-settings', 'ENV MLSERVE_SERVER_PORT=nonsense');
    const run = await mlserve(['build', 'image', '--base', base, '--tag', 'broken:1'], { cwd: await sharedProject() });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('[BUILD_FAILED]');
    expect(run.stderr).toMatch(/at: \[verify \d+\/\d+\] RUN .*verify/);
    expect(run.stderr).toContain('nonsense');
    await expect(docker().getImage('broken:1').inspect()).rejects.toMatchObject({ statusCode: 404 });
  }, 60_000);

  it('fails in the smoke test with the log of the container, and leaves no tag', async () => {
    const base = await baseWith('tight', 'ENV MLSERVE_LIMITS_BODY_BYTES=1024');
    const folder = await project(await tempFolder(), 'large', 'digest/base');
    const file = join(folder, 'examples/golden.json');
    const golden = JSON.parse(await readFile(file, 'utf8'));
    const many = (list: readonly unknown[]) => Array.from({ length: 200 }, () => list[0]);
    golden.request.instances = many(golden.request.instances);
    golden.response.predictions = many(golden.response.predictions);
    await writeFile(file, JSON.stringify(golden));
    const run = await mlserve(['build', 'image', '--base', base, '--tag', 'smoky:1'], { cwd: folder });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(
      'the image does not work as it should: golden examples are not answered as expected [SMOKE_FAILED]',
    );
    expect(run.stderr).toContain('golden.refused');
    expect(run.stderr).toContain('413');
    expect(run.stderr).toMatch(/smoke\.log container: .*"listening"/);
    await expect(docker().getImage('smoky:1').inspect()).rejects.toMatchObject({ statusCode: 404 });
    expect((await docker().listContainers({ all: true })).filter(({ Image }) => run.stderr.includes(Image))).toEqual(
      [],
    );
    await done(['build', 'image', '--base', base, '--tag', 'smoky:1', '--no-smoke'], { cwd: folder });
  }, 90_000);

  it('says that the base is nowhere, and what the registry answered', async () => {
    const run = await mlserve(['build', 'image', '--base', `${REGISTRY}/nobody/has:this`], {
      cwd: await sharedProject(),
    });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('[BASE_UNSUITABLE]') });
    expect(run.stderr).toMatch(/at: image\.base/);
    expect(run.stderr).toMatch(/not found|manifest unknown/);
  }, 60_000);

  it('says that the base is missing for the second processor before it builds for the first', async () => {
    const args = [
      'build',
      'image',
      '--platform',
      'linux/amd64,linux/arm64',
      '--base',
      await baseWith(`${REGISTRY}/one-platform`, ''),
    ];
    const run = await mlserve(args, { cwd: await sharedProject() });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('[BASE_UNSUITABLE]') });
    expect(run.stderr).toContain('linux/arm64');
    expect(run.stderr).not.toContain('building');
  }, 60_000);

  it('refuses musl by name before anything is built', async () => {
    const run = await mlserve(['build', 'image', '--base', 'node:24-alpine'], { cwd: await sharedProject() });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringMatching(/glibc.*\[BASE_UNSUITABLE\]/) });
  }, 60_000);

  it.each([
    ['401', closed, /unauthorized|authentication required|no basic auth/i, 'docker login'],
    ['403', refusing(403, 'DENIED'), /denied/i, 'docker login'],
    ['404', refusing(404, 'NAME_UNKNOWN'), /./, 'repository exists'],
    ['503, once it has all the layers,', failingAtTheEnd(REGISTRY), /503|unavailable/i, 'try again later'],
  ])(
    'repeats what a registry says that answers %s to a push',
    async (_, answer, words, hint) => {
      const registry = await fakeRegistry(answer);
      const tag = `${registry.host}/team/refused:1`;
      const run = await mlserve(
        ['build', 'image', '--tag', tag, '--push', '--no-smoke', '--file-output', 'refused.json'],
        { cwd: await sharedProject() },
      );
      expect(run.code).toBe(2);
      expect(run.stderr).toContain('[REGISTRY_REFUSED]');
      expect(run.stderr).toMatch(words);
      expect(run.stderr).toContain(hint);
      // Nothing says that it was pushed.
      await expect(readFile(join(await sharedProject(), 'refused.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    },
    240_000,
  );

  it('says that a registry has a problem of its own, and that it may pass', async () => {
    // Asked by ourselves: an engine asks again for a minute before it says so.
    const registry = await fakeRegistry(refusing(503, 'UNAVAILABLE'));
    const run = await mlserve(['inspect', `${registry.host}/team/broken:1`], { cwd: await tempFolder() });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('answers 503') });
    expect(run.stderr).toContain('try again later');
  });

  it('says that the engine does not trust the certificate of a registry', async () => {
    const registry = await untrustedRegistry();
    const args = ['build', 'image', '--tag', `${registry}/team/untrusted:1`, '--push', '--no-smoke'];
    const run = await mlserve(args, { cwd: await sharedProject() });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringMatching(/x509: certificate.*\[REGISTRY_REFUSED\]/) });
    expect(run.stderr).toContain('no certificate that is trusted here');
  }, 60_000);

  it('refuses a file for the result that is a folder, and a name that the engine does not take', async () => {
    const cwd = await sharedProject();
    const folder = await mlserve(['build', 'image', '--file-output', '.'], { cwd });
    expect(folder).toMatchObject({ code: 2, stderr: expect.stringContaining('is a folder') });
    expect(folder.stderr).not.toContain('building');
    const name = await mlserve(['build', 'image', '--tag', 'Team/iris:1', '--no-smoke'], { cwd });
    // Newer engines take the first part for a host.
    if (name.code !== 0) expect(name).toMatchObject({ code: 2, stderr: expect.stringContaining('[ENGINE_REFUSED]') });
  }, 60_000);

  it('sends the credentials of the registry that is pushed to, and of no other', async () => {
    const registry = await fakeRegistry(closed);
    const home = await tempFolder();
    const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });
    await writeFile(
      join(home, 'config.json'),
      JSON.stringify({ auths: { [registry.host]: auth('me:secret'), 'other.example.com': auth('you:other') } }),
    );
    await mlserve(['build', 'image', '--tag', `${registry.host}/team/mine:1`, '--push', '--no-smoke'], {
      cwd: await sharedProject(),
      env: { DOCKER_CONFIG: home },
    });
    expect(new Set(registry.authorizations)).toEqual(new Set([`Basic ${Buffer.from('me:secret').toString('base64')}`]));
  }, 90_000);

  it('asks the helper of the registry for its credentials', async () => {
    const registry = await fakeRegistry(closed);
    const home = await tempFolder();
    await writeFile(
      join(home, 'docker-credential-tests'),
      `#!/bin/sh\nread server; echo "{\\"Username\\":\\"$1-$server\\",\\"Secret\\":\\"s\\"}"\n`,
      { mode: 0o755 },
    );
    await writeFile(join(home, 'config.json'), JSON.stringify({ credHelpers: { [registry.host]: 'tests' } }));
    const env = { DOCKER_CONFIG: home, PATH: `${home}:${process.env.PATH}` };
    await mlserve(['build', 'image', '--tag', `${registry.host}/team/mine:1`, '--push', '--no-smoke'], {
      cwd: await sharedProject(),
      env,
    });
    expect(registry.authorizations[0]).toBe(`Basic ${Buffer.from(`get-${registry.host}:s`).toString('base64')}`);
    await writeFile(join(home, 'config.json'), JSON.stringify({ credsStore: 'absent' }));
    const run = await mlserve(['build', 'image', '--tag', `${registry.host}/team/mine:1`, '--push', '--no-smoke'], {
      cwd: await sharedProject(),
      env,
    });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('docker-credential-absent') });
  }, 90_000);

  it('says that the disk of the engine is full', async () => {
    const folder = await tempFolder();
    const script = join(import.meta.dirname, '../../support/docker/engine.sh');
    const bases = join(DOCKER_HOST.replace('unix://', ''), '../base');
    // The base fits, and the context; the layers do not.
    execFileSync(script, ['start-small', folder, bases, '330m'], { stdio: 'ignore' });
    onTestFinished(() => void execFileSync(script, ['stop', folder], { stdio: 'ignore' }));
    const env = { DOCKER_HOST: `unix://${folder}/docker.sock` };
    const run = await mlserve(['build', 'image', '--no-smoke'], { cwd: await sharedProject(), env });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('no space left on device') });
    expect(run.stderr).toContain('docker system prune');
  }, 90_000);

  it('pushes again after a push that was interrupted', async () => {
    const folder = await sharedProject();
    const tag = `${REGISTRY}/team/again:1`;
    const proxy = await engineProxy((answer, own) => {
      if (answer.includes('Preparing') || answer.includes('Pushing')) own.die();
    });
    const args = ['build', 'image', '--tag', tag, '--push', '--no-smoke'];
    const broken = await mlserve(args, { cwd: folder, env: { DOCKER_HOST: proxy.host } });
    expect(broken).toMatchObject({ code: 2, stderr: expect.stringContaining('[ENGINE_UNREACHABLE]') });
    expect((await build(folder, args.slice(2))).image).toMatch(new RegExp(`^${REGISTRY}/team/again@sha256:`));
  }, 90_000);

  it('does not build a model that is another one than was locked, whenever it changed', async () => {
    const folder = await project(await tempFolder(), 'swapped', 'digest/base');
    const model = join(folder, 'models/swapped.onnx');
    await copyFile(fixturePath('digest/producer'), model);
    const before = await mlserve(['build', 'image'], { cwd: folder });
    expect(before).toMatchObject({ code: 1, stderr: expect.stringContaining('[LOCK_MISMATCH]') });
    await copyFile(fixturePath('digest/base'), model);
    // While the engine is asked for the base: after it was validated, before it is packed.
    const other = await readFile(fixturePath('digest/producer'));
    const proxy = await engineProxy((answer) => {
      if (answer.includes('RootFS')) writeFileSync(model, other);
    });
    const meanwhile = await mlserve(['build', 'image', '--tag', 'swapped:2'], {
      cwd: folder,
      env: { DOCKER_HOST: proxy.host },
    });
    expect(meanwhile).toMatchObject({ code: 1, stderr: expect.stringContaining('[LOCK_MISMATCH]') });
    expect(meanwhile.stderr).toContain('swapped.onnx');
    await expect(docker().getImage('swapped:2').inspect()).rejects.toMatchObject({ statusCode: 404 });
  }, 90_000);

  it('refuses what is larger than its limits before it is sent', async () => {
    const cwd = await sharedProject();
    const size = await mlserve(['build', 'image', '--max-size', '10MB', '--tag', 'big:1'], { cwd });
    expect(size).toMatchObject({ code: 1, stderr: expect.stringContaining('[IMAGE_TOO_LARGE]') });
    expect(size.stderr).toContain('onnxruntime');
    const context = await mlserve(['build', 'image'], { cwd, env: { MLSERVE_IMAGE_MAX_CONTEXT: '1000000' } });
    expect(context).toMatchObject({ code: 1, stderr: expect.stringContaining('image.maxContext') });
  }, 60_000);

  it('builds two images at once', async () => {
    const home = await tempFolder();
    const [a, b] = [await project(home, 'one', 'digest/base'), await project(home, 'two', 'digest/typed')];
    const built = await Promise.all([build(a), build(b)]);
    expect(new Set(built.map(({ platforms }) => platforms[0]?.id)).size).toBe(2);
    expect(built.map(({ platforms }) => platforms[0]?.labels['org.opencontainers.image.title'])).toEqual([
      'one',
      'two',
    ]);
  }, 120_000);

  it('makes the same layers of a project with the line ends of Windows, in a folder with spaces behind a link', async () => {
    const home = await tempFolder();
    const folder = await project(home, 'plain', 'digest/base');
    const first = await build(folder, ['--no-smoke']);
    const odd = join(home, 'Ünïcode 夏 project');
    await cp(folder, odd, { recursive: true });
    for (const file of ['mlserve.yaml', 'mlserve.lock', 'examples/golden.json']) {
      await writeFile(join(odd, file), (await readFile(join(odd, file), 'utf8')).replaceAll('\n', '\r\n'));
    }
    await symlink(odd, join(home, 'link'));
    const second = await build(join(home, 'link'));
    expect(await addedLayers(second.platforms[0]?.id ?? '')).toEqual(await addedLayers(first.platforms[0]?.id ?? ''));
    expect(second.lock).toBe(first.lock);
  }, 120_000);

  it('takes a model whose file has spaces and another script in its name', async () => {
    const folder = await project(await tempFolder(), 'named', 'digest/base');
    await mkdir(join(folder, 'mo dels'));
    await rename(join(folder, 'models/named.onnx'), join(folder, 'mo dels/模型 été.onnx'));
    const yaml = join(folder, 'mlserve.yaml');
    await writeFile(yaml, (await readFile(yaml, 'utf8')).replace('models/named.onnx', 'mo dels/模型 été.onnx'));
    await done(['lock'], { cwd: folder });
    const [built] = (await build(folder)).platforms;
    expect(built?.smoke?.examples).toEqual({ asked: 1, passed: 1 });
  }, 90_000);
});

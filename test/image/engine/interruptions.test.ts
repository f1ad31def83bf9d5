import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { bareEnv, CLI } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp.ts';
import { engineProxy } from './proxy.ts';
import { baseWith, DOCKER_HOST, describeWithEngine, docker, mlserve, project } from './support.ts';

/** What the engine answers when the program that asks the server is started. */
const TALK_BEGINS = '101 UPGRADED';

/** The CLI, to be sent signals; what it printed and its exit code once it has ended. */
function startBuild(cwd: string, args: readonly string[], env: Record<string, string>) {
  const child: ChildProcess = spawn(process.execPath, [CLI, 'build', 'image', ...args], {
    cwd,
    env: bareEnv({ DOCKER_CONFIG: '/nonexistent', DOCKER_HOST, ...env }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stderr = child.stderr === null ? '' : text(child.stderr);
  return { child, ended: Promise.all([ended, stderr]).then(([code, said]) => ({ code, stderr: said })) };
}

/** Whether a program with this command line runs on this machine: containers of the engine do. */
function isRunning(command: string): boolean {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() === command;
      } catch {
        return false;
      }
    });
}

async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await is()) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error('it never came');
}

async function containersOf(title: string): Promise<readonly string[]> {
  const all = await docker().listContainers({ all: true });
  return all.filter(({ Labels }) => Labels['org.opencontainers.image.title'] === title).map(({ Id }) => Id);
}

describeWithEngine('building an image, interrupted', () => {
  it.each([
    ['BuildKit', '1', '4711.1'],
    ['the classic builder', '0', '4711.2'],
  ])(
    'ends with exit code 130 at Ctrl-C, and so does the step that runs in the engine: %s',
    async (_, DOCKER_BUILDKIT, seconds) => {
      const folder = await project(await tempFolder(), 'stopped', 'digest/base');
      const slow = `printf '#!/bin/sh\\nexec sleep ${seconds}\\n' >/usr/local/bin/node`;
      const base = await baseWith('slow', `RUN rm /usr/local/bin/node && ${slow} && chmod 755 /usr/local/bin/node`);
      const { child, ended } = startBuild(folder, ['--base', base, '--tag', 'stopped:1'], { DOCKER_BUILDKIT });
      await until(() => isRunning(`sleep ${seconds}`));
      child.kill('SIGINT');
      const run = await ended;
      expect(run).toMatchObject({ code: 130, stderr: expect.stringContaining('[INTERRUPTED]') });
      await until(() => !isRunning(`sleep ${seconds}`));
      await expect(docker().getImage('stopped:1').inspect()).rejects.toMatchObject({ statusCode: 404 });
    },
    90_000,
  );

  it('removes the container that is tried at Ctrl-C, before it is asked anything', async () => {
    const folder = await project(await tempFolder(), 'tried', 'digest/base');
    let child: ChildProcess | undefined;
    let isStopped = false;
    const proxy = await engineProxy((answer) => {
      // Once: a second one ends the process at once.
      if (isStopped || !answer.includes(TALK_BEGINS)) return;
      isStopped = true;
      child?.kill('SIGINT');
    });
    const build = startBuild(folder, ['--tag', 'tried:1'], { DOCKER_HOST: proxy.host });
    child = build.child;
    expect(await build.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('[INTERRUPTED]') });
    expect(isStopped).toBe(true);
    expect(await containersOf('tried')).toEqual([]);
    await expect(docker().getImage('tried:1').inspect()).rejects.toMatchObject({ statusCode: 404 });
  }, 60_000);

  it('ends at Ctrl-C though the engine keeps the connection to a container that is gone', async () => {
    const folder = await project(await tempFolder(), 'kept', 'digest/base');
    let child: ChildProcess | undefined;
    const proxy = await engineProxy(
      (answer) => {
        if (answer.includes(TALK_BEGINS)) setTimeout(() => child?.kill('SIGINT'), 100);
      },
      { kept: new RegExp(TALK_BEGINS) },
    );
    const build = startBuild(folder, [], { DOCKER_HOST: proxy.host });
    child = build.child;
    expect(await build.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('[INTERRUPTED]') });
    expect(await containersOf('kept')).toEqual([]);
  }, 60_000);

  it('says that the engine went away while the image was tried', async () => {
    const folder = await project(await tempFolder(), 'left', 'digest/base');
    onTestFinished(async () => {
      for (const id of await containersOf('left')) await docker().getContainer(id).remove({ force: true });
    });
    const proxy = await engineProxy((answer, own) => {
      if (answer.includes(TALK_BEGINS)) own.die();
    });
    const run = await mlserve(['build', 'image'], { cwd: folder, env: { DOCKER_HOST: proxy.host } });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('[ENGINE_UNREACHABLE]') });
  }, 60_000);

  it('shows on a terminal which step runs, and keeps those that are done', async () => {
    // A name that no build before it had: cached steps do not run.
    const folder = await project(await tempFolder(), `watched-${Date.now()}`, 'digest/base');
    const command = [process.execPath, CLI, 'build', 'image', '--no-smoke'].map((word) => `'${word}'`).join(' ');
    const env = bareEnv({ DOCKER_CONFIG: '/nonexistent', DOCKER_HOST, TERM: 'xterm', SHELL: '/bin/sh' });
    const child = spawn('script', ['--quiet', '--return', '--command', `stty cols 100; ${command}`, '/dev/null'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const shown = await text(child.stdout);
    expect(shown).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏].{0,20}\[verify \d\/\d\] RUN /);
    expect(shown).toMatch(/ {2}\[runtime \d\/\d\] ADD server\.tar \/ \(.*\)\r\n/);
  }, 60_000);
});

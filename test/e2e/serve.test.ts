/** `mlserve serve` as a process: start, ready, predict, metrics, drain under load, hard ends, and what stops it from starting. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFile, mkdir, readdir, readlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { attribute, externalTensor, graph, int, model, node, value } from '../support/onnx-writer.ts';
import { bareEnv, CLI, runCli } from '../support/run-cli.ts';
import { type Served, startServer } from '../support/served.ts';
import { tempFolder } from '../support/temp.ts';

const servers: Served[] = [];

afterEach(() => {
  for (const { process: child } of servers.splice(0)) child.kill('SIGKILL');
});

async function start(cwd: string, args: readonly string[] = []): Promise<Served> {
  const served = await startServer(cwd, args);
  servers.push(served);
  return served;
}

async function project(model: string, more: readonly string[] = []): Promise<string> {
  const dir = await tempFolder();
  await mkdir(join(dir, 'models'));
  await copyFile(fixturePath(model), join(dir, 'models', 'm.onnx'));
  const models = ['models:', '  - { name: m, path: models/m.onnx }'];
  const lines = ['apiVersion: mlserve.dev/v1', 'name: svc', 'version: 1.2.3', ...models, ...more, ''];
  await writeFile(join(dir, 'mlserve.yaml'), lines.join('\n'));
  return dir;
}

const digestOf = (path: string): string =>
  `sha256:${execFileSync('sha256sum', [path], { encoding: 'utf8' }).slice(0, 64)}`;
const post = (url: string, body: string): Promise<Response> =>
  fetch(`${url}/predict`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
const SLOW = '{"inputs":{"X":[[1]]}}';

function ending(child: ChildProcess): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  return new Promise((done) => child.once('exit', (code, signal) => done({ code, signal })));
}

describe('mlserve serve', () => {
  it('says where it is, what answers and how, with a command line that works, and stops with 0', async () => {
    const dir = await project('real/iris');
    const served = await start(dir);
    await expect.poll(served.log).toContain('try:');
    const log = served.log();
    const digest = digestOf(join(dir, 'models', 'm.onnx'));
    expect(log).toContain(`svc 1.2.3 is ready on ${served.url}`);
    expect(log).toContain(`m 1.2.3  ${digest}`);
    expect(log).toMatch(/engine: (inline|worker) \(p95 \d+\.\d\d ms for \d+ rows?\)/);
    expect(log).toContain('there is no mlserve.lock');
    const line = /^ {2}(curl .*)$/m.exec(log)?.[1] ?? '';
    const answer = JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' }));
    expect(answer.model).toEqual({ name: 'm', version: '1.2.3', digest });
    expect(answer.predictions).toHaveLength(1);
    expect(await served.stop()).toBe(0);
  });

  it('counts the requests of clients and not its own trial', async () => {
    const served = await start(await project('real/iris'));
    await expect.poll(served.log).toContain('try:');
    const count = async (): Promise<string[]> =>
      (await (await fetch(`${served.url}/metrics`)).text())
        .split('\n')
        .filter((line) => /^mlserve_requests_total\{.*predict/.test(line) && !line.endsWith(' 0'));
    expect(await count()).toEqual([]);
    const answer = await post(served.url, '{"inputs":{"float_input":[[5.1,3.5,1.4,0.2]]}}');
    expect(answer.status).toBe(200);
    expect(await count()).toHaveLength(1);
    expect(await served.stop()).toBe(0);
  });

  it('logs one JSON line a request with the identity of the model', async () => {
    const dir = await project('real/iris');
    const served = await start(dir);
    await (await post(served.url, '{"inputs":{"float_input":[[1,2,3,4]]}}')).text();
    const isPredict = (line: string): boolean => line.includes('"message":"request"') && line.includes('/predict');
    const found = (): string | undefined => served.log().split('\n').find(isPredict);
    await expect.poll(found).toBeDefined();
    const line = found() ?? '';
    const digest = digestOf(join(dir, 'models', 'm.onnx')).slice(0, 'sha256:'.length + 12);
    expect(JSON.parse(line)).toMatchObject({ service: 'svc', model: 'm', version: '1.2.3', digest, status: 200 });
    expect(JSON.parse(line)).toMatchObject(
      Object.fromEntries(['ms', 'queueMs', 'inferMs', 'batchRows'].map((name) => [name, expect.any(Number)])),
    );
    expect(await served.stop()).toBe(0);
  });

  it('answers probes while the model loads, and is ready only after', async () => {
    const dir = await project('protocol/slow');
    const child = spawn(process.execPath, [CLI, 'serve', '--port', '0'], { cwd: dir, env: bareEnv() });
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    await expect.poll(() => text, { timeout: 20_000, interval: 5 }).toMatch(/"url":"http/);
    const url = /"url":"(http:[^"]+)"/.exec(text)?.[1] ?? '';
    const status = async (path: string): Promise<number> => (await fetch(url + path)).status;
    expect(await Promise.all(['/livez', '/readyz', '/startupz'].map(status))).toEqual([200, 503, 503]);
    const early = await post(url, SLOW);
    expect(early.status).toBe(503);
    expect(early.headers.get('x-model-digest')).toBe(digestOf(join(dir, 'models', 'm.onnx')));
    await expect.poll(() => status('/readyz'), { timeout: 20_000, interval: 20 }).toBe(200);
    const ended = ending(child);
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
  });

  it('on SIGTERM while the model loads lets go of it, and exits with 0', async () => {
    const dir = await project('protocol/slow');
    const child = spawn(process.execPath, [CLI, 'serve', '--port', '0'], { cwd: dir, env: bareEnv() });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        text += chunk;
      });
    }
    await expect.poll(() => text, { timeout: 20_000, interval: 5 }).toMatch(/"url":"http/);
    const ended = ending(child);
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(text).toContain('SIGTERM: finishing what is in flight');
    expect(text).not.toContain('is ready on');
  });

  it.skipIf(process.platform !== 'linux')('on SIGTERM while models are read ends at once, by that signal', async () => {
    const dir = await tempFolder();
    const bytes = 2 ** 30;
    const weights = externalTensor('w', 1, [bytes / 4], { location: 'weights.data', length: bytes });
    const sum = node({
      op: 'ReduceSum',
      inputs: ['w'],
      outputs: ['s'],
      attributes: [attribute('keepdims', 2, int(3, 0))],
    });
    const add = node({ op: 'Add', inputs: ['X', 's'], outputs: ['Y'] });
    const [inputs, outputs] = [[value('X', 1, [1])], [value('Y', 1, [1])]];
    await writeFile(join(dir, 'm.onnx'), model(graph({ nodes: [sum, add], initializers: [weights], inputs, outputs })));
    await writeFile(join(dir, 'weights.data'), '');
    await truncate(join(dir, 'weights.data'), bytes);
    const child = spawn(process.execPath, [CLI, 'serve', 'm.onnx', '--port', '0'], { cwd: dir, env: bareEnv() });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        text += chunk;
      });
    }
    const open = async (): Promise<readonly string[]> => {
      const links = await readdir(`/proc/${child.pid}/fd`);
      return await Promise.all(links.map((fd) => readlink(`/proc/${child.pid}/fd/${fd}`).catch(() => '')));
    };
    await expect.poll(open, { timeout: 20_000, interval: 5 }).toContain(join(dir, 'weights.data'));
    const ended = ending(child);
    const begin = performance.now();
    child.kill('SIGTERM');
    expect(await ended, text).toEqual({ code: null, signal: 'SIGTERM' });
    expect(performance.now() - begin).toBeLessThan(1000);
    expect(text).toBe('');
  });

  it('on SIGTERM under load answers all that it has taken, refuses what is new, and exits with 0', async () => {
    const dir = await project('protocol/slow', ['drain: { delayMs: 300 }', 'limits: { queueRows: 10000 }']);
    const served = await start(dir);
    const taken = Array.from({ length: 4 }, () => post(served.url, SLOW).then((answer) => answer.status));
    await expect
      .poll(
        async () =>
          /^mlserve_requests_in_flight\S* (\d+)/m.exec(await (await fetch(`${served.url}/metrics`)).text())?.[1],
      )
      .toBe('5');
    const ended = ending(served.process);
    served.process.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${served.url}/readyz`)).status, { interval: 10 }).toBe(503);
    // Still served during the delay: load balancers have not noticed yet.
    const late = post(served.url, SLOW).then((answer) => answer.status);
    expect(await Promise.all([...taken, late])).toEqual([200, 200, 200, 200, 200]);
    expect(await ended).toEqual({ code: 0, signal: null });
    await expect(fetch(`${served.url}/livez`)).rejects.toThrow();
  });

  it('ends at once at the second Ctrl-C, in the middle of a run, without a crash', async () => {
    const served = await start(await project('protocol/slow'));
    const cut = (): string => 'cut';
    const inFlight = Array.from({ length: 4 }, () => post(served.url, SLOW).then(() => 'answered', cut));
    await new Promise((wake) => setTimeout(wake, 100));
    const ended = ending(served.process);
    served.process.kill('SIGINT');
    await new Promise((wake) => setTimeout(wake, 300));
    const begin = performance.now();
    served.process.kill('SIGINT');
    // By the default action of the signal, which shells report as 130.
    expect(await ended).toEqual({ code: null, signal: 'SIGINT' });
    expect(performance.now() - begin).toBeLessThan(400);
    expect(await Promise.all(inFlight)).toContain('cut');
    expect(served.log()).not.toContain('terminate called');
  });

  it('takes the same signal from a terminal and from npx as one wish', async () => {
    const served = await start(await project('protocol/slow'));
    const inFlight = post(served.url, SLOW).then((answer) => answer.status);
    await new Promise((wake) => setTimeout(wake, 100));
    const ended = ending(served.process);
    served.process.kill('SIGINT');
    await new Promise((wake) => setTimeout(wake, 20));
    served.process.kill('SIGINT');
    expect(await inFlight).toBe(200);
    expect(await ended).toEqual({ code: 0, signal: null });
  });

  it('cuts what outlasts the time for draining, drops what waits, and still exits with 0', async () => {
    const served = await start(await project('protocol/slow', ['drain: { timeoutMs: 100 }']));
    const many = Array.from({ length: 12 }, () =>
      post(served.url, SLOW).then(
        () => 'answered',
        () => 'cut',
      ),
    );
    await new Promise((wake) => setTimeout(wake, 200));
    const ended = ending(served.process);
    const begin = performance.now();
    served.process.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
    // One run takes half a second: the eleven that waited were never started.
    expect(performance.now() - begin).toBeLessThan(2000);
    expect(await Promise.all(many)).toContain('cut');
    expect(served.log()).not.toContain('terminate called');
  });

  it('serves a bare model file as version 0.0.0', async () => {
    const dir = await tempFolder();
    await copyFile(fixturePath('real/iris'), join(dir, 'My Iris_v2.onnx'));
    const served = await start(dir, ['My Iris_v2.onnx']);
    await expect.poll(served.log).toContain('my-iris-v2 0.0.0 is ready');
    expect(await served.stop()).toBe(0);
  });

  it('says which port is taken and how to choose another', async () => {
    const blocker = createServer();
    const port = await new Promise<number>((done) =>
      blocker.listen(0, '127.0.0.1', () => done((blocker.address() as { port: number }).port)),
    );
    const run = await runCli(['serve', fixturePath('real/iris'), '--port', String(port)], { cwd: await tempFolder() });
    blocker.close();
    expect(run.code).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).toContain('[PORT_IN_USE]');
    expect(run.stderr).toContain(`${port}`);
    expect(run.stderr).toContain('--port');
  });

  it('serves what is locked, and nothing else: a changed model is a mismatch, --frozen needs the lock', async () => {
    const dir = await project('real/iris');
    const frozen = await runCli(['serve', '--frozen', '--port', '0'], { cwd: dir });
    expect(frozen.code).toBe(1);
    expect(frozen.stderr).toContain('[LOCK_MISSING]');
    expect((await runCli(['lock'], { cwd: dir })).code).toBe(0);
    const served = await start(dir, ['--frozen']);
    expect(served.log()).not.toContain('there is no mlserve.lock');
    expect(await served.stop()).toBe(0);
    await copyFile(fixturePath('real/diabetes'), join(dir, 'models', 'm.onnx'));
    const changed = await runCli(['serve', '--port', '0'], { cwd: dir });
    expect(changed.code).toBe(1);
    expect(changed.stderr).toContain('[LOCK_MISMATCH]');
    expect(changed.stderr).toContain('models/m.onnx');
  });

  it('refuses what the rules refuse, before the runtime sees it', async () => {
    const dir = await tempFolder();
    await writeFile(join(dir, 'bad.onnx'), 'not a model at all, just some text');
    const run = await runCli(['serve', 'bad.onnx', '--port', '0'], { cwd: dir });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('[MODEL_INVALID]');
    expect(run.stderr).toMatch(/MSV\d{3}/);
  });

  it('says what is missing when there is no project', async () => {
    const run = await runCli(['serve'], { cwd: await tempFolder() });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('[PROJECT_NOT_FOUND]');
    const none = await runCli(['serve', 'no-such.onnx'], { cwd: await tempFolder() });
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('[FILE_NOT_FOUND]');
  });
});

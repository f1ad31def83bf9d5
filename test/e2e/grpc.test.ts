/** `mlserve serve --grpc-port` as a process: where it is, deadlines and cancellation against a model that takes its time, loading, draining. */
import { spawn } from 'node:child_process';
import { copyFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { GrpcClient } from '../support/grpc-client.ts';
import { bareEnv, CLI, runCli } from '../support/run-cli.ts';
import { type Served, startServer } from '../support/served.ts';
import { tempFolder } from '../support/temp.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function project(model: string, more: readonly string[] = []): Promise<string> {
  const dir = await tempFolder();
  await copyFile(fixturePath(model), join(dir, 'm.onnx'));
  const head = ['apiVersion: mlserve.dev/v1', 'name: svc', 'version: 1.2.3', 'models: [{name: m, path: m.onnx}]'];
  await writeFile(join(dir, 'mlserve.yaml'), [...head, ...more, ''].join('\n'));
  return dir;
}
async function start(dir: string, args: readonly string[] = ['--grpc-port', '0']): Promise<Served> {
  const served = await startServer(dir, args);
  closing.push(() => served.process.kill('SIGKILL'));
  return served;
}
function clientOf({ grpc }: Served): GrpcClient {
  const client = new GrpcClient(grpc);
  closing.push(() => client.close());
  return client;
}
/** Of the model `slow`, half a second a run, or of any other with one column. */
const row = (more: object = {}) => ({
  model_name: 'm',
  inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 1], contents: { fp32_contents: [1] } }],
  ...more,
});
const IRIS = {
  model_name: 'm',
  inputs: [{ name: 'float_input', datatype: 'FP32', shape: [1, 4], contents: { fp32_contents: [5.1, 3.5, 1.4, 0.2] } }],
};
async function metrics({ url }: Served, pattern: RegExp): Promise<string[]> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return page.split('\n').filter((line) => pattern.test(line) && !/ 0$/.test(line));
}
const ending = ({ process: child }: Served) =>
  new Promise((done) => child.once('exit', (code, signal) => done({ code, signal })));

describe('mlserve serve with gRPC', () => {
  it('says where it is, in words and in the log', async () => {
    const served = await start(await project('real/iris'));
    await expect.poll(served.log).toContain(`svc 1.2.3 is ready on ${served.url}, gRPC on ${served.grpc}\n`);
    expect((await clientOf(served).ask('ModelInfer', IRIS)).code).toBe(0);
    const line = served
      .log()
      .split('\n')
      .find((each) => each.includes('ModelInfer'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      ...{ message: 'request', model: 'm', version: '1.2.3', status: 200, grpc: 'OK', batchRows: 1 },
      route: 'inference.GRPCInferenceService/ModelInfer',
    });
    expect(await served.stop()).toBe(0);
  });

  it('listens where the configuration says, unless the command line says otherwise', async () => {
    const dir = await project('real/iris', ['server: {grpcPort: 0}']);
    const configured = await start(dir, []);
    expect(configured.grpc).toMatch(/^127\.0\.0\.1:\d+$/);
    expect((await clientOf(configured).ask('ServerReady', {})).message).toEqual({ ready: true });
    const off = await start(dir, ['--grpc-port', 'off']);
    expect(off.grpc).toBe('');
    expect(await Promise.all([configured.stop(), off.stop()])).toEqual([0, 0]);
  });

  it('answers health checks while the model loads, and predictions only after', async () => {
    const dir = await project('protocol/slow');
    const args = [CLI, 'serve', '--port', '0', '--grpc-port', '0'];
    const child = spawn(process.execPath, args, { cwd: dir, env: bareEnv() });
    closing.push(() => child.kill('SIGKILL'));
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    await expect.poll(() => text, { timeout: 20_000, interval: 5 }).toContain('listening for gRPC');
    const grpc = /"address":"([^"]+)"/.exec(text)?.[1] ?? '';
    const client = clientOf({ grpc } as Served);
    const early = [client.ask('ModelInfer', row()), client.ask('grpc.health.v1.Health/Check', {})] as const;
    expect(await early[0]).toMatchObject({
      code: 14,
      details: "Request for unknown model: 'm' version 1.2.3 is not at ready state",
      trailers: { 'x-model-name': 'm' },
    });
    expect((await early[1]).message).toEqual({ status: 'NOT_SERVING' });
    const watching = client.watch('');
    await watching.until(2);
    expect(watching.messages.map(({ status }) => status)).toEqual(['NOT_SERVING', 'SERVING']);
    watching.cancel();
    expect((await client.ask('ModelInfer', row())).code).toBe(0);
  });

  it('says which port is taken and how to choose another, and leaves none open', async () => {
    const blocker = createServer();
    await new Promise<void>((done) => blocker.listen(0, '127.0.0.1', done));
    const { port } = blocker.address() as { port: number };
    const args = ['serve', fixturePath('real/iris'), '--port', '0', '--grpc-port', String(port)];
    const run = await runCli(args, { cwd: await tempFolder() });
    blocker.close();
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('[PORT_IN_USE]');
    expect(run.stderr).toContain('--grpc-port');
  });

  it('loads nothing of gRPC when it is not asked for', async () => {
    const dir = await project('real/iris');
    const spy = join(dir, 'spy.cjs');
    const text = `const { _load } = require('node:module');
      require('node:module')._load = function (name) {
        if (/@grpc|protobufjs|vendor.grpc/.test(name)) process.stderr.write('LOADED ' + name + '\\n');
        return _load.apply(this, arguments);
      };`;
    await writeFile(spy, text);
    const loaded = async (more: readonly string[]): Promise<string> => {
      const args = ['--require', spy, CLI, 'serve', '--port', '0', ...more];
      const child = spawn(process.execPath, args, { cwd: dir, env: bareEnv() });
      let said = '';
      child.stderr.on('data', (chunk) => {
        said += chunk;
      });
      await expect.poll(() => said, { timeout: 20_000 }).toContain('model ready');
      child.kill('SIGTERM');
      await new Promise((done) => child.once('exit', done));
      return said;
    };
    expect(await loaded([])).not.toContain('LOADED');
    expect(await loaded(['--grpc-port', '0'])).toContain('LOADED');
  });
});

describe('work over gRPC that nobody waits for any more', () => {
  it('never runs, and is counted: past its deadline, cancelled, left behind', async () => {
    const served = await start(
      await project('protocol/slow', ['batching: {maxRows: 1}', 'limits: {queueRows: 10000}']),
    );
    const client = clientOf(served);
    await client.ask('ServerLive', {});
    const runs = async (): Promise<number> =>
      Number((await metrics(served, /^mlserve_inference_duration_seconds_count/))[0]?.split(' ')[1] ?? 0);
    const first = client.ask('ModelInfer', row());
    const cancel = new AbortController();
    const late = client.ask('ModelInfer', row(), { deadline: 200 });
    const told = client.ask('ModelInfer', row({ parameters: { timeout: { int64_param: 100_000 } } }));
    const cancelled = client.ask('ModelInfer', row(), { signal: cancel.signal });
    setTimeout(() => cancel.abort(), 100);
    expect((await late).code).toBe(4);
    expect((await cancelled).code).toBe(1);
    expect(await told).toMatchObject({ code: 4, details: expect.stringContaining('waited too long') });
    expect((await first).code).toBe(0);
    const rejected = /^mlserve_rejected_total/;
    await expect.poll(() => metrics(served, rejected)).toHaveLength(2);
    expect(await metrics(served, rejected)).toEqual([
      'mlserve_rejected_total{model="m",version="1.2.3",reason="deadline"} 2',
      'mlserve_rejected_total{model="m",version="1.2.3",reason="cancelled"} 1',
    ]);
    await new Promise((wake) => setTimeout(wake, 700));
    expect(await runs()).toBe(1);
    expect(await served.stop()).toBe(0);
  });
});

describe('loading models over gRPC', () => {
  it('puts what is on disk in the place of what serves, and says why it cannot', async () => {
    const dir = await project('real/iris', ['admin: {access: loopback}']);
    const served = await start(dir);
    const client = clientOf(served);
    const digest = async () => (await client.ask('ModelInfer', IRIS)).headers['x-model-digest'];
    const before = await digest();
    expect(await client.ask('RepositoryModelLoad', { model_name: 'm' })).toMatchObject({
      code: 0,
      message: { model_name: 'm', isLoaded: true },
    });
    expect(await digest()).toBe(before);
    await writeFile(join(dir, 'm.onnx'), 'broken');
    expect(await client.ask('RepositoryModelLoad', { model_name: 'm' })).toMatchObject({
      code: 3,
      details: expect.stringMatching(/^failed to load 'm', /),
    });
    expect(await digest()).toBe(before);
    expect(await client.ask('RepositoryModelLoad', { repository_name: 'nope' })).toMatchObject({ code: 5 });
    expect((await client.ask('RepositoryModelUnload', { repository_name: 'm' })).message).toEqual({
      model_name: 'm',
      isUnloaded: true,
    });
    expect((await client.ask('ModelReady', { name: 'm' })).message).toEqual({ ready: false });
    expect((await client.ask('RepositoryIndex', {})).message).toMatchObject({
      models: [{ name: 'm', state: 'UNAVAILABLE', reason: 'unloaded' }],
    });
    expect((await client.ask('ModelInfer', IRIS)).code).toBe(14);
    expect(await served.stop()).toBe(0);
  });
});

describe('SIGTERM with gRPC', () => {
  it('under load answers all that was accepted, and ends with 0', async () => {
    const served = await start(await project('real/iris', ['drain: {delayMs: 300}']));
    const answered = new Map<string, number>();
    let isOver = false;
    const load = Array.from({ length: 8 }, async () => {
      const client = new GrpcClient(served.grpc, { 'grpc.use_local_subchannel_pool': 1 });
      while (!isOver) {
        const { code, details } = await client.ask('ModelInfer', IRIS);
        // Nobody has accepted a call that found no connection.
        const outcome = /ECONNREFUSED|No connection established/.test(details) ? 'refused' : String(code);
        answered.set(outcome, (answered.get(outcome) ?? 0) + 1);
        if (code !== 0) break;
      }
      client.close();
    });
    await new Promise((wake) => setTimeout(wake, 700));
    const ended = ending(served);
    served.process.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
    isOver = true;
    await Promise.all(load);
    expect([...answered.keys()].filter((outcome) => outcome !== '0' && outcome !== 'refused')).toEqual([]);
    expect(answered.get('0')).toBeGreaterThan(20);
  });

  it('finishes what runs, ends what would go on, and cuts what takes too long', async () => {
    const served = await start(
      await project('protocol/slow', [
        'batching: {maxRows: 1}',
        'limits: {queueRows: 10000}',
        'drain: {timeoutMs: 6000}',
      ]),
    );
    const client = clientOf(served);
    const before = performance.now();
    expect(await client.ask('ModelInfer', row())).toMatchObject({ code: 0 });
    const runMs = performance.now() - before;
    const watching = client.watch('');
    const silent = client.stream('ModelStreamInfer');
    await watching.until(1);
    // Twice what can run in the time to drain, however fast the machine is.
    const asked = Array.from({ length: Math.ceil(12_000 / runMs) + 1 }, () => client.ask('ModelInfer', row()));
    await new Promise((wake) => setTimeout(wake, 100));
    const ended = ending(served);
    const from = performance.now();
    served.process.kill('SIGTERM');
    const codes = (await Promise.all(asked)).map(({ code }) => code);
    expect(codes[0]).toBe(0);
    expect([...new Set(codes)]).toEqual([0, 14]);
    expect(await watching.ended).toMatchObject({ code: 14 });
    expect(watching.messages.map(({ status }) => status)).toEqual(['SERVING', 'NOT_SERVING']);
    expect(await silent.ended).toMatchObject({ code: 14 });
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - from).toBeLessThan(12_000 + runMs);
  });

  it('a second time ends at once', async () => {
    const served = await start(await project('protocol/slow'));
    const client = clientOf(served);
    const asked = Array.from({ length: 4 }, () => client.ask('ModelInfer', row()));
    await new Promise((wake) => setTimeout(wake, 200));
    const ended = ending(served);
    served.process.kill('SIGTERM');
    await new Promise((wake) => setTimeout(wake, 300));
    const from = performance.now();
    served.process.kill('SIGTERM');
    expect(await ended).toEqual({ code: null, signal: 'SIGINT' });
    expect(performance.now() - from).toBeLessThan(400);
    expect((await Promise.all(asked)).map(({ code }) => code)).toContain(14);
  });
});

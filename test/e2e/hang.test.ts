/** A run that does not end, in a service as a process: whoever starts services starts it again. */
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { type Served, startServer } from '../support/served.ts';
import { tempFolder } from '../support/temp.ts';

const servers: Served[] = [];

afterEach(() => {
  for (const { process: child } of servers.splice(0)) child.kill('SIGKILL');
});

async function start(mode: string): Promise<Served> {
  const dir = await tempFolder();
  await copyFile(fixturePath('protocol/trips'), join(dir, 'trips.onnx'));
  await copyFile(fixturePath('real/iris'), join(dir, 'iris.onnx'));
  const models = `models: [{name: trips, path: trips.onnx, engine: {mode: ${mode}}}, {name: iris, path: iris.onnx}]`;
  const text = `apiVersion: mlserve.dev/v1\nname: svc\nversion: 1.0.0\n${models}\nlimits: {runTimeoutMs: 1s}\n`;
  await writeFile(join(dir, 'mlserve.yaml'), text);
  const served = await startServer(dir);
  servers.push(served);
  return served;
}

const predict = (url: string, model: string, body: string): Promise<Response> =>
  fetch(`${url}/models/${model}/predict`, { method: 'POST', body });
const ended = ({ process: child }: Served): Promise<string | null> =>
  new Promise((done) => child.once('exit', (_code, signal) => done(signal)));

describe('a run that does not end', () => {
  it('in a worker is answered with 503 at its time limit, readiness goes, others are answered, and the process ends', async () => {
    const served = await start('worker');
    const end = ended(served);
    expect((await predict(served.url, 'trips', '{"inputs":{"X":[[3]]}}')).status).toBe(200);
    const hanging = predict(served.url, 'trips', '{"inputs":{"X":[[1e15]]}}');
    const other = await predict(served.url, 'iris', '{"instances":[[5.9,3,5.1,1.8]]}');
    expect(other.status).toBe(200);
    const { status, headers } = await hanging;
    expect([status, headers.get('x-model-name')]).toEqual([503, 'trips']);
    expect(await end).toBe('SIGKILL');
    expect(served.log()).toContain('a run did not end within 1000 ms (limits.runTimeoutMs)');
  });

  it('in the main thread, which answers nobody any more, ends the process as well', async () => {
    const served = await start('inline');
    const end = ended(served);
    expect((await predict(served.url, 'trips', '{"inputs":{"X":[[3]]}}')).status).toBe(200);
    const from = performance.now();
    await expect(predict(served.url, 'trips', '{"inputs":{"X":[[1e15]]}}')).rejects.toThrow();
    expect(await end).toBe('SIGKILL');
    expect(performance.now() - from).toBeLessThan(5000);
    expect(served.log()).toContain('did not end in its time (limits.runTimeoutMs)');
  });
});

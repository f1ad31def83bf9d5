/** `mlserve serve` as Vertex AI, SageMaker, Cloud Run and Knative start it: with variables, without flags. */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkFetches } from '../support/checked-fetch.ts';
import { fixturePath } from '../support/fixtures.ts';
import { bareEnv, CLI, runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp.ts';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const CONFIG = `apiVersion: mlserve.dev/v1
name: flowers
version: 1.0.0
models:
  - name: iris
    path: models/iris.onnx
    outputs: [{name: species, from: label, labels: [setosa, versicolor, virginica]}]
`;

async function project(): Promise<string> {
  const dir = await tempFolder();
  await mkdir(join(dir, 'models'));
  await copyFile(fixturePath('real/iris'), join(dir, 'models', 'iris.onnx'));
  await writeFile(join(dir, 'mlserve.yaml'), CONFIG);
  return dir;
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The address on which it answers, once every model is ready; its log says where it listens. */
async function serveWith(
  dir: string,
  port: number,
  env: Record<string, string>,
): Promise<{ url: string; log(): string }> {
  const child = spawn(process.execPath, [CLI, 'serve'], { cwd: dir, env: bareEnv(env) });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const url = `http://127.0.0.1:${port}`;
  const isReady = async (): Promise<boolean> => (await fetch(`${url}/readyz`).catch(() => undefined))?.status === 200;
  await expect.poll(isReady, { timeout: 30_000, interval: 50, message: text }).toBe(true);
  await checkFetches(url);
  return { url, log: () => text };
}

const post = async (
  url: string,
  body: string,
  headers: Record<string, string> = { 'content-type': 'application/json' },
) => {
  const response = await fetch(url, { method: 'POST', headers, body });
  return [response.status, await response.text()];
};
const ROWS = '{"instances":[[5.1,3.5,1.4,0.2],[6.7,3.1,5.6,2.4]],"parameters":{"top":1}}';
const SPECIES = '{"predictions":["setosa","virginica"]}';

describe('on a platform', () => {
  it('of Vertex AI the service answers at the port and the paths of its variables, on every network', async () => {
    const port = await freePort();
    const route = '/v1/endpoints/123/deployedModels/456';
    const env = { AIP_HTTP_PORT: String(port), AIP_HEALTH_ROUTE: route, AIP_PREDICT_ROUTE: `${route}:predict` };
    const { url, log } = await serveWith(await project(), port, env);
    expect(log()).toContain(`"url":"http://0.0.0.0:${port}"`);
    expect((await fetch(url + route)).status).toBe(200);
    expect(await post(`${url}${route}:predict`, ROWS)).toEqual([200, SPECIES]);
  });

  it('of SageMaker the service answers /ping and /invocations, in JSON and CSV', async () => {
    const port = await freePort();
    const { url } = await serveWith(await project(), port, { SAGEMAKER_BIND_TO_PORT: String(port) });
    expect((await fetch(`${url}/ping`)).status).toBe(200);
    expect(await post(`${url}/invocations`, ROWS)).toEqual([200, SPECIES]);
    const csv = { 'content-type': 'text/csv', accept: 'text/csv' };
    expect(await post(`${url}/invocations`, '5.1,3.5,1.4,0.2\n6.7,3.1,5.6,2.4\n', csv)).toEqual([
      200,
      'setosa\nvirginica\n',
    ]);
    expect(await post(`${url}/invocations`, '5.1,3.5\n', csv)).toEqual([400, expect.stringContaining('row 1')]);
  });

  it('of Cloud Run and Knative the service answers at PORT; KServe V1 clients find it', async () => {
    const port = await freePort();
    const { url } = await serveWith(await project(), port, { PORT: String(port), K_SERVICE: 'flowers' });
    expect(await (await fetch(`${url}/v1/models`)).json()).toEqual({ models: ['iris'] });
    expect(await (await fetch(`${url}/v1/models/iris`)).json()).toEqual({ name: 'iris', ready: true });
    expect(await post(`${url}/v1/models/iris:predict`, ROWS)).toEqual([200, SPECIES]);
    expect((await fetch(`${url}/docs`)).status).toBe(200);
  });

  it('mlserve config says which variable set what', async () => {
    const { code, stdout } = await runCli(['config'], {
      cwd: await project(),
      env: { PORT: '8123', AIP_HEALTH_ROUTE: '/up' },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^server\.host +"0\.0\.0\.0" {2}# environment \(PORT\)$/m);
    expect(stdout).toMatch(/^server\.port +8123 {2}# environment \(PORT\)$/m);
    expect(stdout).toMatch(/^server\.healthPath +"\/up" {2}# environment \(AIP_HEALTH_ROUTE\)$/m);
    expect(stdout).toMatch(/^server\.predictPath +"" {2}# default$/m);
  });

  it('a variable that is no port ends the start with its name', async () => {
    const { code, stderr } = await runCli(['serve'], { cwd: await project(), env: { PORT: 'http' } });
    expect(code).toBe(2);
    expect(stderr).toContain('PORT: it must be an integer from 0 to 65535, not "http"');
  });
});

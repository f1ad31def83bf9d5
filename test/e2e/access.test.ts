/** `mlserve serve` with keys and TLS as a process: made by `mlserve key create`, replaced while it runs, seen by `mlserve status`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile, copyFile, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { bareEnv, CLI, runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp.ts';
import { pem, pemPath } from '../support/tls-files.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function project(...more: readonly string[]): Promise<string> {
  const dir = await tempFolder();
  await copyFile(fixturePath('real/iris'), join(dir, 'm.onnx'));
  const lines = [
    'apiVersion: mlserve.dev/v1',
    'name: svc',
    'version: 1.2.3',
    'models:',
    '  - { name: m, path: m.onnx }',
  ];
  await writeFile(join(dir, 'mlserve.yaml'), [...lines, ...more, ''].join('\n'));
  return dir;
}

interface Running {
  readonly url: string;
  readonly metricsUrl: string | undefined;
  log(): string;
  stop(): Promise<number | null>;
}

async function serve(cwd: string, env: Readonly<Record<string, string>> = {}): Promise<Running> {
  const child = spawn(process.execPath, [CLI, 'serve', '--port', '0', '--log-format', 'json'], {
    cwd,
    env: bareEnv(env),
  });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  await expect.poll(() => `${text}${child.exitCode}`, { timeout: 30_000, interval: 20 }).toMatch(/is ready on|\d$/);
  const [url = '', metricsUrl] = [...text.matchAll(/"url":"(https?:[^"]+)"/g)].map((match) => match[1]);
  if (url === '') throw new Error(text);
  return {
    url,
    metricsUrl,
    log: () => text,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

const BODY = '{"inputs":{"float_input":[[5.1,3.5,1.4,0.2]]}}';
const predict = async (url: string, key?: string): Promise<number> =>
  (
    await fetch(`${url}/predict`, {
      method: 'POST',
      body: BODY,
      headers: key === undefined ? {} : { 'x-api-key': key },
    })
  ).status;
const createKey = async (cwd: string, ...args: readonly string[]): Promise<{ key: string; line: string }> => {
  const { code, stdout, stderr } = await runCli(['key', 'create', ...args, '--json'], { cwd });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};

describe('a service with API keys', () => {
  it('lets keys of its file and its environment in, each for what it is for, and others not', async () => {
    const dir = await project('auth: { keysFile: keys.txt }', 'server: { metricsPort: 0 }');
    const { key: shop } = await createKey(dir, '--name', 'shop', '--file', 'keys.txt');
    const scraper = await createKey(dir, '--name', 'scraper', '--scope', 'metrics');
    const ops = await createKey(dir, '--name', 'ops', '--scope', 'admin,infer');
    const { url, metricsUrl = '', log, stop } = await serve(dir, { MLSERVE_API_KEYS: `${scraper.line};${ops.line}` });
    expect(
      await Promise.all([undefined, 'guessed', shop, ops.key, scraper.key].map((key) => predict(url, key))),
    ).toEqual([401, 401, 200, 200, 403]);
    const scrape = async (base: string, key: string) =>
      (await fetch(`${base}/metrics`, { headers: { authorization: `Bearer ${key}` } })).status;
    expect([
      await scrape(metricsUrl, scraper.key),
      await scrape(metricsUrl, shop),
      await scrape(url, scraper.key),
    ]).toEqual([200, 403, 404]);
    const status = await runCli(['status', url], { cwd: dir });
    expect([status.code, status.stdout]).toEqual([0, expect.stringContaining('svc 1.2.3 is ready')]);
    expect(await stop()).toBe(0);
    const names = log().matchAll(/"status":200,.*?"key":"(\w+)"/g);
    expect([...names].map((match) => match[1]).sort()).toEqual(['ops', 'shop']);
    for (const secret of [shop, ops.key, scraper.key, 'guessed']) expect(log()).not.toContain(secret);
  });

  it('takes a changed file into use without a restart, and keeps the old keys when it is bad', async () => {
    const dir = await project('auth: { keysFile: secret/keys }');
    // As Kubernetes mounts a secret: a link to a link, of which the first is replaced.
    const mount = async (name: string, line: string): Promise<void> => {
      await mkdir(join(dir, 'secret', name), { recursive: true });
      await writeFile(join(dir, 'secret', name, 'keys'), line);
      await symlink(name, join(dir, 'secret', 'next'));
      await rename(join(dir, 'secret', 'next'), join(dir, 'secret', 'now'));
    };
    const first = await createKey(dir, '--name', 'first');
    await mount('a', first.line);
    await symlink('now/keys', join(dir, 'secret', 'keys'));
    const { url, log, stop } = await serve(dir);
    expect(await predict(url, first.key)).toBe(200);
    const second = await createKey(dir, '--name', 'second');
    await mount('b', second.line);
    await expect.poll(() => predict(url, second.key), { timeout: 10_000, interval: 100 }).toBe(200);
    expect(await predict(url, first.key)).toBe(401);
    await appendFile(join(dir, 'secret', 'b', 'keys'), '\nan open secret\n');
    await expect.poll(log, { timeout: 10_000 }).toContain('API keys cannot be used, so the old ones still count');
    expect(await predict(url, second.key)).toBe(200);
    expect(log()).not.toContain('open secret');
    expect(await stop()).toBe(0);
  });

  it.each([
    ['a file that is not there', 'auth: { keysFile: none }', 'FILE_NOT_FOUND'],
    ['a file without keys', 'auth: { keysFile: mlserve.yaml }', 'CONFIG_INVALID'],
    ['calls for keyholders and no keys', 'admin: { access: key }', 'CONFIG_INVALID'],
    ['a certificate without its key', 'tls: { cert: a.pem }', 'CONFIG_INVALID'],
    ['an origin that is none', 'cors: { origins: "https://a.example/page" }', 'CONFIG_INVALID'],
    [
      'a key of another certificate',
      `tls: { cert: ${pemPath('server.cert')}, key: ${pemPath('renewed.key')} }`,
      'CONFIG_INVALID',
    ],
  ])('with %s says so at the start', async (_what, setting, code) => {
    const run = await runCli(['serve', '--port', '0'], { cwd: await project(setting) });
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(`[${code}]`)]);
    expect(run.stderr).not.toContain('    at ');
  });
});

describe('a service with TLS', () => {
  const ask = (url: string, path: string, own: object = {}): Promise<{ status: number; server: string }> =>
    new Promise((done, fail) => {
      const options = {
        ca: pem('authority.cert'),
        agent: false as const,
        method: path === '/predict' ? 'POST' : 'GET',
        ...own,
      };
      request(url + path, options, (response) => {
        const socket = response.socket as ReturnType<typeof connect>;
        const server = socket.getPeerX509Certificate()?.subject ?? '';
        response.resume().once('end', () => done({ status: response.statusCode ?? 0, server }));
      })
        .once('error', fail)
        .end(path === '/predict' ? BODY : undefined);
    });
  const certificates = async (dir: string, name: string): Promise<void> => {
    await copyFile(pemPath(`${name}.cert`), join(dir, 'tls.crt'));
    await copyFile(pemPath(`${name}.key`), join(dir, 'tls.key'));
  };

  it('uses a renewed certificate without a restart, and drops no connection', async () => {
    const dir = await project('tls: { cert: tls.crt, key: tls.key }');
    await certificates(dir, 'server');
    const { url, log, stop } = await serve(dir);
    expect(url).toMatch(/^https:/);
    expect(await ask(url, '/predict')).toEqual({ status: 200, server: 'CN=first server' });
    const kept = connect({ port: Number(new URL(url).port), host: '127.0.0.1', ca: pem('authority.cert') });
    await certificates(dir, 'renewed');
    await expect
      .poll(async () => (await ask(url, '/livez')).server, { timeout: 10_000, interval: 100 })
      .toBe('CN=renewed server');
    kept.write('GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(String(await new Promise((done) => kept.once('data', done)))).toMatch(/^HTTP\/1\.1 200 /);
    await writeFile(join(dir, 'tls.crt'), 'damaged');
    await expect
      .poll(log, { timeout: 10_000 })
      .toContain('TLS credentials cannot be used, so the old ones still count');
    expect((await ask(url, '/livez')).server).toBe('CN=renewed server');
    expect(await stop()).toBe(0);
  });

  it('asks for client certificates where authorities are named, but not of probes', async () => {
    const ca = `clientCa: ${pemPath('authority.cert')}`;
    const dir = await project(`tls: { cert: tls.crt, key: tls.key, ${ca} }`);
    await certificates(dir, 'server');
    const { url, stop } = await serve(dir);
    const client = { cert: pem('client.cert'), key: pem('client.key') };
    const intruder = { cert: pem('intruder.cert'), key: pem('intruder.key') };
    const statuses = await Promise.all([
      ask(url, '/predict', client),
      ask(url, '/predict', intruder),
      ask(url, '/predict'),
      ask(url, '/metrics'),
      ask(url, '/readyz'),
      ask(url, '/livez', intruder),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([200, 401, 401, 401, 200, 200]);
    expect(await stop()).toBe(0);
  });

  it('shows its status to who knows the authority, and tells others what is missing', async () => {
    const dir = await project('tls: { cert: tls.crt, key: tls.key }');
    await certificates(dir, 'server');
    const { url, stop } = await serve(dir);
    const known = await runCli(['status', url, '--ca', pemPath('authority.cert'), '--json'], { cwd: dir });
    expect(known.code).toBe(0);
    expect(JSON.parse(known.stdout)).toMatchObject({ state: 'ready', models: [{ name: 'm', version: '1.2.3' }] });
    const unknown = await runCli(['status', url], { cwd: dir });
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('--ca')]);
    const plain = await runCli(['status', url.replace('https', 'http')], { cwd: dir });
    expect([plain.code, plain.stderr]).toEqual([2, expect.stringContaining('SERVICE_UNREACHABLE')]);
    expect(await stop()).toBe(0);
  });
});

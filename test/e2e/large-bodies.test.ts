/** Large and oddly cut bodies over real HTTP: each gets its answer, and probes are answered meanwhile. */
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { Agent, type ClientRequest, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { type Served, startServer } from '../support/served.ts';
import { makeTemp } from '../support/temp.ts';

const SIZE = 8_000_000;
const LONGEST_PROBE_MS = 1000;

const CONFIG = `apiVersion: mlserve.dev/v1
name: large
version: 1.0.0
models:
  - name: named
    path: iris.onnx
    features:
      input: float_input
      columns: [{name: a, type: number}, {name: b, type: number}, {name: c, type: number}, {name: d, type: number}]
  - {name: raw, path: iris.onnx}
limits: {bodyBytes: 8MiB, queueBytes: 16MiB}
`;

let folder: string;
let served: Served;
beforeAll(async () => {
  folder = await makeTemp();
  await copyFile(fixturePath('real/iris'), join(folder, 'iris.onnx'));
  await writeFile(join(folder, 'mlserve.yaml'), CONFIG);
  served = await startServer(folder);
}, 60_000);
afterAll(async () => {
  served?.process.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const repeated = (start: string, unit: string, end: string): string =>
  start + unit.repeat(Math.floor((SIZE - start.length - end.length) / unit.length)) + end;
const keys = (start: string, end: string): string => {
  const members: string[] = [];
  for (let at = 0, length = 0; length < SIZE - 100; at++) {
    const member = `"${at.toString(36)}":0`;
    members.push(member);
    length += member.length + 1;
  }
  return `${start}${members.join(',')}${end}`;
};

/** Sends a body in pieces; a piece is a chunk where `isChunked`. */
function post(path: string, pieces: readonly string[], isChunked: boolean): Promise<{ status: number; text: string }> {
  const length = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
  const headers = isChunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': length };
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${served.url}${path}`, { method: 'POST', headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.once('error', reject);
    for (const piece of pieces) request.write(piece);
    request.end();
  });
}

/** Asks `/livez` on a connection of its own until `work` is done; the longest answer, in milliseconds. */
async function slowestProbe(work: Promise<unknown>): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  let isDone = false;
  const end = (): void => {
    isDone = true;
  };
  work.then(end, end);
  let slowest = 0;
  while (!isDone) {
    const start = performance.now();
    await new Promise((answered, failed) => {
      httpRequest(`${served.url}/livez`, { agent }, (response) => response.resume().once('end', answered))
        .once('error', failed)
        .end();
    });
    slowest = Math.max(slowest, performance.now() - start);
    await new Promise((later) => setTimeout(later, 5));
  }
  agent.destroy();
  return slowest;
}

const INFER = '/v2/models/raw/infer';
const NAMED = '/predict';
const RAW = '/models/raw/predict';
const DATA = '{"inputs":[{"name":"float_input","datatype":"FP32","shape":[1,4],"data":[';
const BATCH = '{"instances":[';

// Wall time on a machine that runs other tests as well: three chances.
describe('a body of 8 MB', { retry: 2 }, () => {
  const bodies: readonly [what: string, path: string, body: () => string, status: number][] = [
    ['parameters of small lists', INFER, () => repeated('{"parameters":{"a":[', '[0],', '[0]]},"inputs":[]}'), 400],
    ['parameters of small objects', INFER, () => repeated('{"parameters":{"a":[', '{},', '{}]},"inputs":[]}'), 400],
    ['parameters of many names', INFER, () => keys('{"parameters":{', '},"inputs":[]}'), 400],
    ['more data than its shape', INFER, () => repeated(DATA, '1,', '1]}]}'), 400],
    ['data before its shape', INFER, () => repeated('{"inputs":[{"data":[', '[1],', '[1]]}]}'), 400],
    ['outputs that are none', INFER, () => repeated('{"outputs":[', '{"name":"x"},', '{}]}'), 400],
    ['an unknown member of small objects', RAW, () => repeated('{"z":[', '{"k":0},', '0]}'), 422],
    ['many unknown members', RAW, () => keys('{', '}'), 400],
    ['whole tensors', RAW, () => repeated('{"inputs":{"float_input":[', '[0.123456789,1,2,3],', '[1,2,3,4]]}}'), 422],
    ['wrong cells', RAW, () => repeated('{"inputs":{"float_input":[', '["a"],', '["a"]]}}'), 422],
    ['wrong rows', RAW, () => repeated(BATCH, '0,', '0]}'), 422],
    ['a row of too many values', RAW, () => repeated(`${BATCH}[`, '0,', '0]]}'), 422],
    ['wrong features', NAMED, () => repeated(BATCH, '{"a":"x"},', '0]}'), 422],
    ['features in order, too many', NAMED, () => repeated(`${BATCH}[`, '0,', '0]]}'), 422],
    ['many unknown features', NAMED, () => keys(`${BATCH}{`, '}]}'), 422],
    ['good rows, too many', NAMED, () => repeated(BATCH, '[1,2,3,4],', '[1,2,3,4]]}'), 422],
    ['one list in another', NAMED, () => repeated('{"instances":', '[', ''), 400],
    ['one long number', NAMED, () => repeated(`${BATCH}[`, '7', ',1,1,1]]}'), 422],
    ['one long text of escapes', NAMED, () => repeated(`${BATCH}["`, '\\u0041', '",1,1,1]]}'), 422],
    ['one long name', RAW, () => repeated('{"inputs":{"', '~', '":1}}'), 422],
    ['white space', NAMED, () => repeated('{"instances":', ' ', '[[1,2,3,4]]}'), 200],
    ['bytes that are no JSON', NAMED, () => repeated('', '\\', ''), 400],
  ];
  it.each(bodies)(
    '%s: is answered, and so are probes meanwhile',
    async (_what, path, body, status) => {
      const answer = post(path, [body()], false);
      const slowest = await slowestProbe(answer);
      const { status: actual, text } = await answer;
      expect(actual, text.slice(0, 300)).toBe(status);
      expect(slowest).toBeLessThan(LONGEST_PROBE_MS);
    },
    30_000,
  );
});

describe('a body in chunks', { retry: 2 }, () => {
  const good = '{"instances":[[5.1,3.5,1.4,0.2]]}';

  it.each([1, 7, 4096])(
    'of %d bytes is answered as in one piece, and so are probes meanwhile',
    async (size) => {
      const text = good + ' '.repeat(size * 20_000 - good.length);
      const pieces = Array.from({ length: 20_000 }, (_, at) => text.slice(at * size, (at + 1) * size));
      const whole = JSON.parse((await post(NAMED, [good], false)).text);
      const answer = post(NAMED, size === 4096 ? pieces.slice(0, 1900) : pieces, true);
      expect(await slowestProbe(answer)).toBeLessThan(LONGEST_PROBE_MS);
      const { status, text: cut } = await answer;
      expect(status).toBe(200);
      expect(JSON.parse(cut).predictions).toEqual(whole.predictions);
    },
    30_000,
  );

  it('that go on past the limit is refused, and probes are answered meanwhile', async () => {
    const answer = post(NAMED, Array(200).fill(' '.repeat(100_000)), true).catch(() => ({ status: 413 }));
    expect(await slowestProbe(answer)).toBeLessThan(LONGEST_PROBE_MS);
    expect((await answer).status).toBe(413);
  }, 30_000);

  it('is refused where many more come than may wait, and taken again afterwards', async () => {
    const heads = [unfinished(NAMED), unfinished(NAMED)];
    await expect.poll(async () => (await post(NAMED, [' '.repeat(SIZE)], false)).status, { timeout: 5000 }).toBe(503);
    expect((await fetch(`${served.url}/livez`)).status).toBe(200);
    for (const request of heads) request.destroy();
    await expect.poll(async () => (await post(NAMED, [good], false)).status).toBe(200);
    const page = await (await fetch(`${served.url}/metrics`)).text();
    expect(page).toMatch(/mlserve_rejected_total\{.*reason="queue_bytes"\} [1-9]/);
  }, 30_000);
});

/** A request whose last byte does not come. */
function unfinished(path: string): ClientRequest {
  const headers = { 'Content-Length': SIZE };
  const request = httpRequest(`${served.url}${path}`, { method: 'POST', headers, agent: false });
  request.on('error', () => {}).write(' '.repeat(SIZE - 1));
  return request;
}

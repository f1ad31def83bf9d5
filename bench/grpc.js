// `npm run bench grpc`: iris over gRPC, one row of raw contents a request, beside a bare grpc-js server; and what large requests cost to decode. Needs h2load.
import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { readInferMessage } from '../dist/server/grpc/infer-message.js';
import { readTyped } from '../dist/server/grpc/typed-contents.js';

const SECONDS = 5;
const ROUNDS = 3;
const CONNECTIONS = 16;
const CALLS_EACH = 4;
const MEGABYTES = 16;
const self = fileURLToPath(import.meta.url);
const root = join(dirname(self), '..');
const PATH = '/inference.GRPCInferenceService/ModelInfer';
const run = promisify(execFile);

function loadInfer() {
  const options = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true };
  return loadSync(join(root, 'schema/grpc/inference.proto'), options)['inference.GRPCInferenceService'].ModelInfer;
}

/** Takes the bytes and answers a constant, with nothing decoded: what grpc-js costs without us. Runs in a process of its own. */
function bareServer(answer) {
  const server = new grpc.Server();
  const asIs = (bytes) => bytes;
  server.register(PATH, (_call, reply) => reply(null, answer), asIs, asIs, 'unary');
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    console.log(`ready, gRPC on 127.0.0.1:${port}`);
  });
}

/** The addresses that a child prints, once it is ready. */
async function launch(args) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    text += chunk;
    const address = /ready.*gRPC on (\S+)/.exec(text)?.[1];
    if (address === undefined) continue;
    child.stdout.resume();
    return { child, address, url: /http:\S+[^,\s]/.exec(text)?.[0] };
  }
  throw new Error(`${args.join(' ')} did not start:\n${text}`);
}

function ask(address, request) {
  const asIs = (bytes) => bytes;
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(PATH, asIs, asIs, request, (error, reply) => {
      client.close();
      if (error) reject(error);
      else resolve(reply);
    });
  });
}

async function load(address, file) {
  const args = ['-D', String(SECONDS), '--warm-up-time=1', '-t1', '-c', String(CONNECTIONS), '-m', String(CALLS_EACH)];
  const headers = ['-H', 'content-type: application/grpc', '-H', 'te: trailers', '-H', ':method: POST'];
  const { stdout } = await run('h2load', [...args, '-d', file, ...headers, `http://${address}${PATH}`]);
  if (!/ 0 failed, 0 errored, 0 timeout/.test(stdout)) throw new Error(stdout);
  return { rate: Number(/finished in .*, ([\d.]+) req\/s/.exec(stdout)[1]) };
}

/** Every answer was an answer: the load generator looks at HTTP alone. */
async function checkAnswers(url) {
  const page = await (await fetch(`${url}/metrics`)).text();
  const lines = page
    .split('\n')
    .filter((line) => line.startsWith('mlserve_requests_total') && line.includes(PATH.slice(1)));
  if (lines.length !== 1 || !lines[0].includes('code="200"')) throw new Error(lines.join('\n'));
}

async function measureRate() {
  const folder = await mkdtemp(join(tmpdir(), 'mlserve-bench-'));
  const servers = [];
  try {
    await copyFile(join(root, 'fixtures/models/real/iris/model.onnx'), join(folder, 'iris.onnx'));
    const { requestSerialize } = loadInfer();
    const row = Buffer.from(Float32Array.of(5.1, 3.5, 1.4, 0.2).buffer);
    const inputs = [{ name: 'float_input', datatype: 'FP32', shape: [1, 4] }];
    const request = requestSerialize({ model_name: 'iris', inputs, raw_input_contents: [row] });
    const file = join(folder, 'request');
    await writeFile(file, Buffer.concat([Buffer.of(0, 0, 0, 0, request.length), request]));
    const cli = [join(root, 'bin/mlserve.js'), 'serve', join(folder, 'iris.onnx'), '--port', '0', '--grpc-port', '0'];
    servers.push({ name: 'mlserve', ...(await launch([...cli, '--log', 'off'])) });
    const answer = await ask(servers[0].address, request);
    servers.unshift({
      name: 'bare grpc-js, constant answer',
      ...(await launch([self, 'bare', answer.toString('hex')])),
    });
    const rounds = new Map(servers.map(({ name }) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const { name, address } of servers) rounds.get(name).push(await load(address, file));
    }
    await checkAnswers(servers[1].url);
    const what = `iris, ModelInfer with raw contents (${request.length} bytes, answer ${answer.length})`;
    console.log(
      `${what}, ${CONNECTIONS} connections of ${CALLS_EACH} calls, Node ${process.version}, ${ROUNDS} rounds of ${SECONDS} s; medians`,
    );
    const median = (name) =>
      rounds
        .get(name)
        .map(({ rate }) => rate)
        .toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)];
    const bare = median(servers[0].name);
    for (const { name } of servers) {
      const rate = median(name);
      const all = rounds.get(name).map((each) => Math.round(each.rate));
      console.log(
        `  ${name.padEnd(32)} ${rate.toFixed(0).padStart(6)}/s   ${(rate / bare).toFixed(2)} x bare   (${all.join(', ')})`,
      );
    }
  } finally {
    for (const { child } of servers) child.kill('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  }
}

/** A varint; then a field of bytes. */
const varint = (value) => (value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]);
const nested = (field, bytes) => Buffer.concat([Buffer.of(field * 8 + 2, ...varint(bytes.length)), bytes]);
const SIZE = MEGABYTES * 2 ** 20;
const tensor = (...fields) =>
  nested(5, Buffer.concat([nested(1, Buffer.from('x')), nested(2, Buffer.from('INT64')), ...fields]));

/** Requests of 16 MB, by what they are full of. */
const REQUESTS = {
  'inputs without anything': () => Buffer.alloc(SIZE, Buffer.of(0x2a, 0)),
  'int64 elements of one byte': () =>
    tensor(nested(3, Buffer.of(...varint(SIZE))), nested(5, nested(3, Buffer.alloc(SIZE, 1)))),
};

function decodeOurs(bytes) {
  try {
    const { inputs } = readInferMessage(bytes);
    const plan = { name: 'x', type: 'int64', datatype: 'INT64', shape: ['N'], dims: [-1] };
    readTyped(plan, { bytes, contents: inputs[0].contents, count: SIZE, model: 'm' });
    return 'read';
  } catch (error) {
    return `refused: ${error.message}`;
  }
}

function decodeGenerally(bytes) {
  loadInfer().requestDeserialize(bytes);
  return 'read';
}

/** In a process of its own, for its memory. */
function decode(kind, who) {
  const bytes = REQUESTS[kind]();
  const start = performance.now();
  const result = who === 'ours' ? decodeOurs(bytes) : decodeGenerally(bytes);
  const ms = performance.now() - start;
  console.log(JSON.stringify({ ms, megabytes: process.resourceUsage().maxRSS / 1024, result }));
}

async function measureDecoding() {
  console.log(`\ndecoding a ModelInferRequest of ${MEGABYTES} MB; peak memory of the process`);
  for (const kind of Object.keys(REQUESTS)) {
    for (const who of ['proto-loader', 'ours']) {
      const args = ['--max-old-space-size=8192', self, 'decode', kind, who];
      const { ms, megabytes, result } = JSON.parse((await run(process.execPath, args)).stdout);
      const cost = `${ms.toFixed(0).padStart(6)} ms   ${megabytes.toFixed(0).padStart(5)} MB`;
      console.log(`  ${kind.padEnd(28)} ${who.padEnd(13)} ${cost}   ${result}`);
    }
  }
}

const [, , what, ...rest] = process.argv;
if (process.argv[1] === self && what === 'bare') bareServer(Buffer.from(rest[0], 'hex'));
else if (process.argv[1] === self && what === 'decode') decode(...rest);
else {
  await measureRate();
  await measureDecoding();
}

// `npm run bench tensor`: an image of 150 528 floats to a model and back, as JSON and as bytes, beside a server that does JSON.parse and a copy.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesField, concat, integerField } from '../dist/model/wire-writer.js';
import { JsonReader } from '../dist/server/json/json-reader.js';
import { nestingAt, readNested } from '../dist/server/json/read-nested.js';
import { TensorSink } from '../dist/server/json/tensor-sink.js';

const SHAPE = [1, 3, 224, 224];
const COUNT = SHAPE.reduce((product, size) => product * size);
const ROUNDS = 15;
const CALLS = 5;
const self = fileURLToPath(import.meta.url);
const root = join(dirname(self), '..');
const require = createRequire(import.meta.url);

/** X [N, 3, 224, 224] → Y [N, 3, 1, 1], its means: next to no arithmetic, so that what is measured is the way there. */
function meanModel() {
  const dims = (sizes) =>
    bytesField(
      2,
      concat(sizes.map((size) => bytesField(1, size === 'N' ? bytesField(2, 'N') : integerField(1, size)))),
    );
  const value = (name, sizes) =>
    concat([bytesField(1, name), bytesField(2, bytesField(1, concat([integerField(1, 1), dims(sizes)])))]);
  const graph = concat([
    bytesField(1, concat([bytesField(1, 'X'), bytesField(2, 'Y'), bytesField(4, 'GlobalAveragePool')])),
    bytesField(2, 'mean'),
    bytesField(11, value('X', ['N', ...SHAPE.slice(1)])),
    bytesField(12, value('Y', ['N', 3, 1, 1])),
  ]);
  return concat([integerField(1, 8), bytesField(7, graph), bytesField(8, integerField(2, 17))]);
}

const flat = (data) => (Array.isArray(data[0]) ? data.flat(Number.POSITIVE_INFINITY) : data);

/** What one writes first: the whole body, JSON.parse, a copy into a typed array, the run, JSON.stringify. In a process of its own. */
async function plainServer(path) {
  const { createServer } = await import('node:http');
  const ort = require('onnxruntime-node');
  const options = { intraOpNumThreads: 1, extra: { session: { intra_op: { allow_spinning: '0' } } } };
  const session = await ort.InferenceSession.create(path, options);
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const [input] = JSON.parse(Buffer.concat(chunks).toString()).inputs;
      const data = new Float32Array(flat(input.data));
      const { Y } = await session.run({ X: new ort.Tensor('float32', data, input.shape) });
      const answer = JSON.stringify({ outputs: [{ name: 'Y', datatype: 'FP32', shape: Y.dims, data: [...Y.data] }] });
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': answer.length }).end(answer);
    });
  });
  server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));
}

/** A child that prints its URL once it is ready. */
async function launch(args, env = {}) {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    text += chunk;
    const port = /ready.*http:\S+:(\d+)/.exec(text)?.[1];
    if (port !== undefined) {
      child.stdout.resume();
      return { child, port: Number(port) };
    }
  }
  throw new Error(`${args.join(' ')} did not start:\n${text}`);
}

function httpBytes(headers, ...parts) {
  const length = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  const head = `POST /v2/models/mean/infer HTTP/1.1\r\nHost: bench\r\nContent-Length: ${length}\r\n${headers}\r\n`;
  return Buffer.concat([Buffer.from(head), ...parts.map((part) => Buffer.from(part))]);
}

/** A kept connection that sends ready-made bytes and waits for the whole answer. */
async function connection(port) {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return {
    ask: (bytes) =>
      new Promise((resolve, reject) => {
        let text = '';
        socket.removeAllListeners('data').on('data', (chunk) => {
          text += chunk.toString('latin1');
          const end = text.indexOf('\r\n\r\n');
          const length = /content-length: (\d+)/i.exec(text)?.[1];
          if (end === -1 || text.length < end + 4 + Number(length)) return;
          if (text.startsWith('HTTP/1.1 200')) resolve(text);
          else reject(new Error(text));
        });
        socket.write(bytes);
      }),
    close: () => socket.destroy(),
  };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Interleaved rounds: what else the machine does hits all alike. */
async function medians(cases) {
  const times = new Map(Object.keys(cases).map((name) => [name, []]));
  for (let round = -2; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(cases)) {
      for (let call = 0; call < CALLS; call++) {
        const start = performance.now();
        await run();
        if (round >= 0) times.get(name).push(performance.now() - start);
      }
    }
  }
  return new Map([...times].map(([name, list]) => [name, median(list)]));
}

function ourParse(bytes) {
  const reader = new JsonReader(bytes, 8);
  const sink = new TensorSink('float32', COUNT, true);
  const dims = nestingAt(reader) === 1 ? [COUNT] : [...SHAPE];
  readNested(
    {
      reader,
      sink,
      dims,
      path: [],
      onProblem: (what) => {
        throw new Error(what);
      },
    },
    0,
  );
  return sink.take();
}

function print(title, base, results) {
  console.log(title);
  for (const [name, ms] of results) {
    console.log(
      `  ${name.padEnd(44)} ${ms.toFixed(2).padStart(7)} ms   ${(results.get(base) / ms).toFixed(2).padStart(6)} x`,
    );
  }
}

async function measure() {
  const folder = await mkdtemp(join(tmpdir(), 'mlserve-bench-'));
  const children = [];
  try {
    const path = join(folder, 'mean.onnx');
    await writeFile(path, meanModel());
    const serve = [join(root, 'bin/mlserve.js'), 'serve', path, '--port', '0', '--log', 'off'];
    const ours = await launch(serve);
    children.push(ours.child);
    const plain = await launch([self, path]);
    children.push(plain.child);
    // Pixels of 0 to 255 in no order, scaled and shifted as image models want them.
    let state = 1;
    const data = Float32Array.from({ length: COUNT }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return ((state >>> 24) / 255 - 0.485) / 0.229;
    });
    const nest = (list, [size, ...rest]) =>
      rest.length === 0
        ? list
        : Array.from({ length: size }, (_, at) =>
            nest(list.slice((at * list.length) / size, ((at + 1) * list.length) / size), rest),
          );
    const input = { name: 'X', shape: SHAPE, datatype: 'FP32' };
    const texts = {
      'nested lists, as of numpy': JSON.stringify(nest([...data], SHAPE)),
      'one list': JSON.stringify([...data]),
      'one list, fewest digits': JSON.stringify([...data].map((value) => Number(value.toPrecision(8)))),
    };
    const head = JSON.stringify({ inputs: [{ ...input, parameters: { binary_data_size: COUNT * 4 } }] });
    const bytes = httpBytes(`Inference-Header-Content-Length: ${head.length}\r\n`, head, Buffer.from(data.buffer));
    console.log(`${COUNT} floats, Node ${process.version}, medians of ${ROUNDS} interleaved rounds of ${CALLS}`);
    for (const [form, text] of Object.entries(texts)) {
      const json = httpBytes('', JSON.stringify({ inputs: [input] }).replace(/}]}$/, `,"data":${text}}]}`));
      // Anew for each form: servers close connections that are idle meanwhile.
      const [us, them] = [await connection(ours.port), await connection(plain.port)];
      const answers = [await us.ask(json), await us.ask(bytes), await them.ask(json)];
      const means = answers.map((answer) =>
        JSON.parse(answer.slice(answer.indexOf('{'))).outputs[0].data.map(Math.fround),
      );
      if (new Set(means.map(String)).size !== 1) throw new Error(`the answers differ: ${means.join(' | ')}`);
      const label = { them: 'JSON.parse + copy, end to end', json: 'mlserve, JSON', bytes: 'mlserve, bytes' };
      const results = await medians({
        [label.them]: () => them.ask(json),
        [label.json]: () => us.ask(json),
        [label.bytes]: () => us.ask(bytes),
      });
      print(
        `one connection, request to answer, ${form}: ${(json.length / 1e6).toFixed(1)} MB of JSON`,
        label.them,
        results,
      );
      const ratio = results.get(label.json) / results.get(label.bytes);
      console.log(
        `  bytes are ${ratio.toFixed(1)} x faster than our JSON (bars: JSON 2 x JSON.parse + copy, bytes 10 x JSON)`,
      );
      us.close();
      them.close();
      const buffer = Buffer.from(text);
      const parse = 'JSON.parse + copy, the array alone';
      const alone = await medians({
        [parse]: () => new Float32Array(flat(JSON.parse(buffer.toString()))),
        'mlserve, the array alone': () => ourParse(buffer),
      });
      print(`in one process, ${form}`, parse, alone);
    }
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === self && process.argv[2] !== undefined) await plainServer(process.argv[2]);
else await measure();

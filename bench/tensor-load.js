// `npm run bench tensor-load`: a tensor of 3 x 224 x 224 floats under load: our JSON beside JSON.parse and a copy, our bytes beside our JSON. Needs wrk.
import { join } from 'node:path';
import { shortestFloat32 } from '../dist/model/float32.js';
import { writeConvModel } from './support/conv-model.js';
import { launch, machine, root, serve, withServers } from './support/launch.js';
import { judged, table } from './support/stats.js';
import { interleaved, wrkScript } from './support/wrk.js';

const ROUNDS = 9;
const SECONDS = 2;
const CONNECTIONS = 4;
const SIDE = 224;
const BAR_JSON = 2;
const BAR_BINARY = 10;

/** Pixels as networks get them: scaled and centred, each with the digits that its float32 needs. */
const data = Float32Array.from(
  { length: 3 * SIDE * SIDE },
  (_, at) => (((at * 2654435761) % 256) / 255 - 0.485) / 0.229,
);
const input = { name: 'X', shape: [1, 3, SIDE, SIDE], datatype: 'FP32' };
const path = '/v2/models/mean/infer';
const json = {
  path,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ inputs: [{ ...input, data: Array.from(data, shortestFloat32) }] })),
};
const head = Buffer.from(JSON.stringify({ inputs: [{ ...input, parameters: { binary_data_size: data.byteLength } }] }));
const binary = {
  path,
  headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(head.length) },
  body: Buffer.concat([head, Buffer.from(data.buffer)]),
};

await withServers(async (folder, servers) => {
  const model = join(folder, 'mean.onnx');
  // No layers: the mean of each colour, next to no work.
  writeConvModel(model, { side: SIDE, channels: 3, layers: 0 });
  const about = machine();
  servers.push(await serve(model), await launch([join(root, 'bench/support/parsing-server.js'), model]));
  const [ours, usual] = servers;
  const names = ['JSON.parse and a copy', 'mlserve, JSON', 'mlserve, binary'];
  const targets = [
    { name: names[0], ...usual, path, script: await wrkScript(folder, 'json', json) },
    { name: names[1], ...ours, path, script: await wrkScript(folder, 'json', json) },
    { name: names[2], ...ours, path, script: await wrkScript(folder, 'binary', binary) },
  ];
  const seen = await interleaved(targets, { rounds: ROUNDS, seconds: SECONDS, connections: CONNECTIONS });
  const [base, text, bytes] = names.map((name) => seen.get(name));
  const size = `${(json.body.length / 1e6).toFixed(2)} MB as JSON, ${(binary.body.length / 1e6).toFixed(2)} MB as bytes`;
  console.log(
    `a tensor of ${data.length} floats, ${size}, ${CONNECTIONS} connections: ${about}; median of ${ROUNDS} interleaved rounds of ${SECONDS} s\n`,
  );
  const ratios = [1, text.rate / base.rate, bytes.rate / text.rate];
  const judgements = [
    '',
    judged(`${ratios[1].toFixed(1)} x JSON.parse`, `${BAR_JSON}`, ratios[1] >= BAR_JSON),
    judged(`${ratios[2].toFixed(1)} x our JSON`, `${BAR_BINARY}`, ratios[2] >= BAR_BINARY),
  ];
  const rows = [base, text, bytes].map(({ rate, p50, p99, cpuUs }, at) => [
    names[at],
    `${rate.toFixed(0)}/s`,
    `${p50.toFixed(1)} ms`,
    `${p99.toFixed(1)} ms`,
    `${(cpuUs / 1000).toFixed(2)} ms`,
    judgements[at],
  ]);
  console.log(table(['', 'throughput', 'p50', 'p99', 'CPU a request', 'ratio'], rows));
});

// `npm run bench compute`: a model of some 5 ms a row under 16 connections, beside a raw `session.run` loop at its best batch size. Needs wrk.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { convRequest, writeConvModel } from './support/conv-model.js';
import { machine, root, serve, withServers } from './support/launch.js';
import { judged, median, table } from './support/stats.js';
import { wrk, wrkScript } from './support/wrk.js';

const ROUNDS = 5;
const SECONDS = 6;
const CONNECTIONS = 16;
const THREADS = 1;
const BAR = 0.95;

async function rawLoop(model) {
  const loop = join(root, 'bench/support/raw-loop.js');
  const { stdout } = await promisify(execFile)(process.execPath, [loop, model, String(SECONDS), String(THREADS)]);
  return JSON.parse(stdout);
}

await withServers(async (folder, servers) => {
  const model = join(folder, 'conv.onnx');
  writeConvModel(model);
  const head = machine();
  const server = await serve(model, { MLSERVE_ENGINE_THREADS: String(THREADS) });
  servers.push(server);
  const target = { ...server, path: convRequest.path, script: await wrkScript(folder, 'conv', convRequest) };
  const raw = [];
  const ours = [];
  for (let round = 0; round < ROUNDS; round++) {
    raw.push(await rawLoop(model));
    ours.push(await wrk({ ...target, connections: CONNECTIONS, seconds: SECONDS }));
  }
  const sizes = Object.keys(raw[0]).map((rows) => ({ rows, rate: median(raw.map((each) => each[rows])) }));
  const best = sizes.reduce((top, each) => (each.rate > top.rate ? each : top));
  const rate = median(ours.map((each) => each.rate));
  const ms = 1000 / sizes[0].rate;
  console.log(
    `compute-bound model: ${head}; ${THREADS} thread, median of ${ROUNDS} interleaved rounds of ${SECONDS} s\n`,
  );
  const ratio = rate / best.rate;
  const rows = [
    ['session.run in a loop, one row', `${sizes[0].rate.toFixed(0)}/s (${ms.toFixed(2)} ms a run)`, ''],
    [`session.run in a loop, ${best.rows} rows (its best)`, `${best.rate.toFixed(0)} rows/s`, '1.00 x'],
    [
      `mlserve, ${CONNECTIONS} connections of one row each`,
      `${rate.toFixed(0)}/s`,
      judged(`${ratio.toFixed(2)} x`, BAR, ratio >= BAR),
    ],
    [
      'p50 and p99 of mlserve',
      `${median(ours.map((each) => each.p50)).toFixed(0)} ms, ${median(ours.map((each) => each.p99)).toFixed(0)} ms`,
      '',
    ],
  ];
  console.log(table(['', 'figure', 'against the loop'], rows));
});

// `npm run bench start`: process start to the first prediction of iris, beside loading onnxruntime-node alone; memory of the idle service.
import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { predictRequest, writeIrisProject } from './support/iris.js';
import { cli, freePort, machine, pause, residentMb, root, stop, withServers } from './support/launch.js';
import { judged, median, table } from './support/stats.js';

const ROUNDS = 21;
const BAR = 2.5;
const BAR_MB = 120;
/** How long the service is left alone before its memory is read. */
const IDLE_MS = 3000;
const LONGEST_MS = 20_000;
const POLL_MS = 2;

/** The status of one prediction, 0 while nobody listens. */
function predict(port) {
  return new Promise((resolve) => {
    const { path, headers, body } = predictRequest;
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode));
    });
    sent.once('error', () => resolve(0)).end(body);
  });
}

/** Milliseconds until a process ends. */
function runTime(args) {
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'ignore' });
    child.once('exit', () => resolve(performance.now() - start));
  });
}

/** Milliseconds until a server has answered a prediction, asked for again and again; the process runs on. */
async function firstPrediction(argsOf) {
  const port = await freePort();
  const start = performance.now();
  const child = spawn(process.execPath, argsOf(port), { stdio: 'ignore' });
  while ((await predict(port)) !== 200) {
    if (child.exitCode !== null || performance.now() - start > LONGEST_MS) throw new Error('a server did not start');
    await pause(POLL_MS);
  }
  return { child, pid: child.pid, ms: performance.now() - start };
}

await withServers(async (folder) => {
  await writeIrisProject(folder);
  const head = machine();
  const minimal = [];
  const alone = [];
  const ours = [];
  const memory = [];
  // The first round brings the files into the page cache and writes the compile cache.
  for (let round = 0; round <= ROUNDS; round++) {
    const loaded = await runTime(['-e', "require('onnxruntime-node')"]);
    const least = await firstPrediction((port) => [
      join(root, 'bench/support/minimal-server.cjs'),
      join(folder, 'model.onnx'),
      port,
    ]);
    await stop(least);
    const server = await firstPrediction((port) => [cli, 'serve', folder, '--port', port, '--log', 'off', '--quiet']);
    if (round > 0) {
      alone.push(loaded);
      minimal.push(least.ms);
      ours.push(server.ms);
    }
    if (round % 7 === 0) {
      await pause(IDLE_MS);
      memory.push(residentMb(server.pid));
    }
    await stop(server);
  }
  const [base, least, start, rss] = [alone, minimal, ours, memory].map(median);
  console.log(`start: ${head}; median of ${ROUNDS} interleaved rounds\n`);
  const ratio = `${(start / base).toFixed(2)} x`;
  const rows = [
    ['node -e "require(\'onnxruntime-node\')"', `${base.toFixed(0)} ms`, '1.00 x'],
    ['first prediction of a bare program of 20 lines', `${least.toFixed(0)} ms`, `${(least / base).toFixed(2)} x`],
    ['first prediction of mlserve serve, iris', `${start.toFixed(0)} ms`, judged(ratio, BAR, start <= BAR * base)],
    ['memory of the idle service (RSS)', `${rss.toFixed(0)} MB`, judged('', `${BAR_MB} MB`, rss <= BAR_MB).trim()],
  ];
  console.log(table(['', 'figure', 'against the first'], rows));
});

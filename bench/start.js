// `npm run bench start`: process start to the first prediction of iris, beside loading onnxruntime-node alone; memory of the idle service.
import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { predictRequest, writeIrisProject } from './support/iris.js';
import { cli, machine, pause, residentMb, root, stop, withServers } from './support/launch.js';
import { judged, median, table } from './support/stats.js';

const ROUNDS = 15;
const BAR = 2.5;
const BAR_MB = 120;
/** How long the service is left alone before its memory is read. */
const IDLE_MS = 3000;
const LONGEST_MS = 20_000;

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

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
    spawn(process.execPath, args, { cwd: root, stdio: 'ignore' }).once('exit', () =>
      resolve(performance.now() - start),
    );
  });
}

/** Milliseconds until `mlserve serve` has answered a prediction, asked for again and again; the process runs on. */
async function firstPrediction(folder) {
  const port = await freePort();
  const start = performance.now();
  const args = [cli, 'serve', folder, '--port', String(port), '--log', 'off', '--quiet'];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  while ((await predict(port)) !== 200) {
    if (child.exitCode !== null || performance.now() - start > LONGEST_MS)
      throw new Error('mlserve serve did not start');
    await pause(2);
  }
  return { child, pid: child.pid, ms: performance.now() - start };
}

await withServers(async (folder) => {
  await writeIrisProject(folder);
  const head = machine();
  const alone = [];
  const ours = [];
  const memory = [];
  // The first round brings the files into the page cache and writes the compile cache.
  for (let round = 0; round <= ROUNDS; round++) {
    const ms = await runTime(['-e', "require('onnxruntime-node')"]);
    const server = await firstPrediction(folder);
    if (round > 0) {
      alone.push(ms);
      ours.push(server.ms);
    }
    if (round % 5 === 0) {
      await pause(IDLE_MS);
      memory.push(residentMb(server.pid));
    }
    await stop(server);
  }
  const [base, start, rss] = [median(alone), median(ours), median(memory)];
  console.log(`start: ${head}; median of ${ROUNDS} interleaved rounds\n`);
  const rows = [
    ['node -e "require(\'onnxruntime-node\')"', `${base.toFixed(0)} ms`, '1.00 x'],
    [
      'mlserve serve to the first prediction, iris',
      `${start.toFixed(0)} ms`,
      judged(`${(start / base).toFixed(2)} x`, BAR, start <= BAR * base),
    ],
    ['memory of the idle service (RSS)', `${rss.toFixed(0)} MB`, judged('', `${BAR_MB} MB`, rss <= BAR_MB).trim()],
  ];
  console.log(table(['', 'figure', 'against the baseline'], rows));
});

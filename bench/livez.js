// `npm run bench livez`: /livez while a model of about 500 ms a run is saturated, beside the same server idle. Bar: p99 below 50 ms.
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const model = join(root, 'fixtures', 'models', 'protocol', 'slow', 'model.onnx');
const BAR_MS = 50;
const SECONDS = 8;
const PAUSE_MS = 5;
const CLIENTS = 8;
const agent = new Agent({ keepAlive: true });

function call(url, body) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const headers =
      body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { agent, method: body === undefined ? 'GET' : 'POST', headers }, (answer) => {
      answer.resume().once('end', () => resolve({ status: answer.statusCode, ms: performance.now() - start }));
    });
    sent.once('error', reject).end(body);
  });
}

const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

async function probe(url, seconds) {
  const times = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const { status, ms } = await call(`${url}/livez`);
    if (status !== 200) throw new Error(`/livez answered ${status}`);
    times.push(ms);
    await pause(PAUSE_MS);
  }
  return times.sort((a, b) => a - b);
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
const line = (name, times) =>
  console.log(
    `  ${name.padEnd(34)} p50 ${at(times, 0.5).toFixed(2).padStart(7)} ms   p99 ${at(times, 0.99).toFixed(2).padStart(7)} ms   max ${at(times, 1).toFixed(2).padStart(7)} ms   (${times.length} probes)`,
  );

const server = spawn(process.execPath, [join(root, 'bin', 'mlserve.js'), 'serve', model, '--port', '0'], {
  stdio: ['ignore', 'pipe', 'pipe'],
});
let text = '';
for (const stream of [server.stdout, server.stderr]) stream.setEncoding('utf8').on('data', (chunk) => (text += chunk));
try {
  let url;
  for (let attempt = 0; attempt < 400 && server.exitCode === null; attempt++) {
    url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
    const answer = url === undefined ? undefined : await call(`${url}/readyz`).catch(() => undefined);
    if (answer?.status === 200) break;
    await pause(50);
  }
  if (url === undefined) throw new Error(`mlserve serve did not start:\n${text}`);
  const idle = await probe(url, SECONDS);
  let isOver = false;
  let runs = 0;
  const started = performance.now();
  const client = async () => {
    while (!isOver) {
      const { status } = await call(`${url}/predict`, '{"inputs":{"X":[[1]]}}');
      if (status === 200) runs++;
      else if (status !== 503 && status !== 504) throw new Error(`/predict answered ${status}`);
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  await pause(1000);
  const busy = await probe(url, SECONDS);
  isOver = true;
  const seconds = (performance.now() - started) / 1000;
  await Promise.all(clients);
  console.log(
    `/livez, Node ${process.version}; the model runs ${(runs / seconds).toFixed(1)} times a second with ${CLIENTS} clients`,
  );
  line('idle', idle);
  line('while the model is saturated', busy);
  const p99 = at(busy, 0.99);
  console.log(
    `  p99 ${p99.toFixed(2)} ms, ${(p99 / at(idle, 0.99)).toFixed(2)} x idle; bar ${BAR_MS} ms: ${p99 < BAR_MS ? 'held' : 'MISSED'}`,
  );
  if (p99 >= BAR_MS) process.exitCode = 1;
} finally {
  server.kill('SIGTERM');
  agent.destroy();
}

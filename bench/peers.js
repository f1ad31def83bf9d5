// `npm run bench peers`: iris, one row a request, 64 connections: mlserve beside other model servers on this machine. Needs wrk, Python and PyPI.
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startPeer, stopPeer, treeMb } from './peers/start-peer.js';
import { predictRequest, v2JsonRequest, writeIrisProject } from './support/iris.js';
import { cli, freePort, machine, pause, stop, withServers } from './support/launch.js';
import { judged, median, table } from './support/stats.js';
import { wrk, wrkScript } from './support/wrk.js';

const ROUNDS = 3;
const SECONDS = 5;
const CONNECTIONS = 64;
const BAR = 5;
/** Each is asked in JSON as its documentation has it: rows of named features, or V2. */
const PEERS = { fastapi: predictRequest, mlserver: v2JsonRequest, bentoml: predictRequest, litserve: predictRequest };

/** `mlserve serve`, asked until it answers, as the others are. */
async function startOurs(folder, { path, headers, body }) {
  const port = await freePort();
  const start = performance.now();
  const child = spawn(process.execPath, [cli, 'serve', folder, '--port', port, '--quiet'], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return { child, url, pid: child.pid, startMs: performance.now() - start };
    if (child.exitCode !== null) throw new Error('mlserve serve did not start');
    await pause(10);
  }
}

/** One at a time is up: the others would take memory and wake up now and then. */
async function round(name, request, folder) {
  const isOurs = name.startsWith('mlserve ');
  const server = await (isOurs ? startOurs(folder, request) : startPeer(name, folder, request));
  try {
    const target = {
      ...server,
      path: request.path,
      script: await wrkScript(folder, name, request),
      connections: CONNECTIONS,
    };
    await wrk({ ...target, seconds: 2 });
    const figures = await wrk({ ...target, seconds: SECONDS });
    return { ...figures, startMs: server.startMs, mb: treeMb(server.pid) };
  } finally {
    if (isOurs) await stop(server);
    else stopPeer(server);
  }
}

await withServers(async (folder) => {
  const head = machine();
  const servers = { 'mlserve /predict': predictRequest, 'mlserve V2 JSON': v2JsonRequest, ...PEERS };
  const seen = new Map(Object.keys(servers).map((name) => [name, []]));
  for (let at = 0; at < ROUNDS; at++) {
    for (const [name, request] of Object.entries(servers)) {
      const own = join(folder, `${name.replaceAll(/\W+/g, '-')}-${at}`);
      await mkdir(own);
      if (name.startsWith('mlserve ')) await writeIrisProject(own);
      seen.get(name).push(await round(name, request, own));
    }
  }
  const figure = (name, key) => median(seen.get(name).map((each) => each[key]));
  console.log(
    `iris, one row a request, ${CONNECTIONS} connections: ${head}; median of ${ROUNDS} interleaved rounds of ${SECONDS} s\n`,
  );
  const rows = Object.entries(servers).map(([name, request]) => {
    const rate = figure(name, 'rate');
    const ours = figure(request === v2JsonRequest ? 'mlserve V2 JSON' : 'mlserve /predict', 'rate');
    const ratio = ours / rate;
    const isOurs = name.startsWith('mlserve ');
    return [
      name,
      `${rate.toFixed(0)}/s`,
      `${figure(name, 'p50').toFixed(1)} ms`,
      `${figure(name, 'p99').toFixed(1)} ms`,
      `${figure(name, 'mb').toFixed(0)} MB`,
      `${figure(name, 'startMs').toFixed(0)} ms`,
      isOurs ? '' : judged(`${ratio.toFixed(1)} x`, `${BAR}`, ratio >= BAR),
    ];
  });
  console.log(
    table(['', 'throughput', 'p50', 'p99', 'memory under load', 'start to first answer', 'ours against it'], rows),
  );
});

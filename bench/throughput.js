// `npm run bench throughput`: iris, one row a request, 64 connections and one: each protocol beside a bare HTTP server. Needs wrk.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requests, writeIrisProject } from './support/iris.js';
import { machine, serve, serveConstant, withServers } from './support/launch.js';
import { judged, table } from './support/stats.js';
import { interleaved, wrkScript } from './support/wrk.js';

/** Many and short: a machine that is shared is fast in one second and slow in the next. */
const ROUNDS = 15;
const SECONDS = 1;
const CONNECTIONS = 64;
const BAR = 0.6;
const BAR_ADDED_MS = 0.15;

/** For each request a bare server that answers as many bytes as we do, and us. */
async function targetsOf(folder, servers, name, request) {
  const ours = servers[0];
  const { path, headers, body } = request;
  const answer = await fetch(`${ours.url}${path}`, { method: 'POST', headers, body });
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${bytes}`);
  const file = join(folder, `answer-${servers.length}`);
  await writeFile(file, bytes);
  const bare = await serveConstant(file);
  servers.push(bare);
  const script = await wrkScript(folder, name, request);
  return [
    { name: `bare: ${name}`, ...bare, path, script },
    { name, ...ours, path, script },
  ];
}

await withServers(async (folder, servers) => {
  await writeIrisProject(folder);
  const head = machine();
  servers.push(await serve(folder));
  const targets = [];
  for (const [name, request] of Object.entries(requests))
    targets.push(...(await targetsOf(folder, servers, name, request)));
  const many = await interleaved(targets, { rounds: ROUNDS, seconds: SECONDS, connections: CONNECTIONS });
  const single = await interleaved(targets, { rounds: ROUNDS, seconds: SECONDS, connections: 1 });
  console.log(`iris, one row a request: ${head}; median of ${ROUNDS} interleaved rounds of ${SECONDS} s`);
  console.log(`\n${CONNECTIONS} connections:\n`);
  const rows = Object.keys(requests).map((name) => {
    const [bare, ours] = [many.get(`bare: ${name}`), many.get(name)];
    const ratio = ours.rate / bare.rate;
    return [
      name,
      `${bare.rate.toFixed(0)}/s`,
      `${ours.rate.toFixed(0)}/s`,
      judged(`${ratio.toFixed(2)} x`, BAR, ratio >= BAR),
      `${bare.cpuUs.toFixed(1)} / ${ours.cpuUs.toFixed(1)} µs`,
      `${bare.p99.toFixed(1)} / ${ours.p99.toFixed(1)} ms`,
    ];
  });
  console.log(
    table(['', 'bare node:http', 'mlserve', 'ratio', 'CPU a request, bare / ours', 'p99, bare / ours'], rows),
  );
  console.log('\nOne connection:\n');
  const added = Object.keys(requests).map((name) => {
    const [bare, ours] = [single.get(`bare: ${name}`), single.get(name)];
    const more = ours.p50 - bare.p50;
    return [
      name,
      `${bare.p50.toFixed(3)} ms`,
      `${ours.p50.toFixed(3)} ms`,
      judged(`${more.toFixed(3)} ms`, `${BAR_ADDED_MS} ms`, more <= BAR_ADDED_MS),
      `${bare.p99.toFixed(2)} / ${ours.p99.toFixed(2)} ms`,
    ];
  });
  console.log(table(['', 'bare p50', 'mlserve p50', 'added', 'p99, bare / ours'], added));
});

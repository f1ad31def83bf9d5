// `npm run bench memory`: memory of a service over 500 000 requests and 100 reloads of its model, as a curve. Needs wrk.
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requests, writeIrisProject } from './support/iris.js';
import { machine, pause, residentMb, serve, withServers } from './support/launch.js';
import { judged, table } from './support/stats.js';
import { wrk, wrkScript } from './support/wrk.js';

/** V8 has made its young generation as large as it gets by then, in two steps of some 28 MB. */
const WARM_UP = { requests: 450_000, reloads: 10 };
const COUNTED = { requests: 500_000, reloads: 100 };
const CONNECTIONS = 32;
/** Requests between two points of the curve, and reloads. */
const EVERY = { requests: 50_000, reloads: 20 };
const BAR_MB = 50;

await withServers(async (folder, servers) => {
  await writeIrisProject(folder);
  await appendFile(join(folder, 'mlserve.yaml'), 'admin:\n  access: loopback\n');
  const head = machine();
  const server = await serve(folder);
  servers.push(server);
  const targets = [];
  for (const [name, request] of Object.entries(requests)) {
    targets.push({
      ...server,
      path: request.path,
      script: await wrkScript(folder, name, request),
      connections: CONNECTIONS,
    });
  }
  let sent = 0;
  let reloads = 0;
  let turn = 0;
  const curve = [];
  const point = () => curve.push({ sent, reloads, mb: residentMb(server.pid) });

  /** The three protocols in turn, a second each. */
  const load = async (count) => {
    const end = sent + count;
    let next = sent + EVERY.requests;
    while (sent < end) {
      sent += (await wrk({ ...targets[turn++ % targets.length], seconds: 1 })).total;
      if (sent >= next) {
        point();
        next += EVERY.requests;
      }
    }
  };

  /** Reads, judges, loads, warms and swaps the model, as a deployment would. */
  const reload = async (count) => {
    for (let at = 1; at <= count; at++) {
      const answer = await fetch(`${server.url}/v2/repository/models/iris/load`, { method: 'POST', body: '{}' });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`reload: ${answer.status} ${text}`);
      reloads++;
      if (at % EVERY.reloads === 0) point();
    }
  };

  const idle = async () => {
    await pause(3000);
    point();
    return curve.at(-1).mb;
  };
  await load(WARM_UP.requests);
  await reload(WARM_UP.reloads);
  const before = await idle();
  await load(COUNTED.requests);
  await reload(COUNTED.reloads);
  const after = await idle();
  console.log(`memory (RSS): ${head}\n`);
  console.log(
    table(
      ['requests', 'reloads', 'RSS'],
      curve.map((each) => [each.sent, each.reloads, `${each.mb.toFixed(0)} MB`]),
    ),
  );
  const growth = after - before;
  const text = `after a warm-up of ${WARM_UP.requests} requests and ${WARM_UP.reloads} reloads, ${COUNTED.requests} requests and ${COUNTED.reloads} reloads add`;
  console.log(`\n${text} ${judged(`${growth.toFixed(0)} MB`, `${BAR_MB} MB`, growth < BAR_MB)}`);
});

// `npm run bench overload`: twice the requests that a model can take for 30 s, in an open loop: answers in time, and /livez meanwhile. Needs wrk.
import { join } from 'node:path';
import { convRequest, writeConvModel } from './support/conv-model.js';
import { machine, serve, withServers } from './support/launch.js';
import { openLoop } from './support/open-loop.js';
import { judged, percentile, table } from './support/stats.js';
import { wrk, wrkScript } from './support/wrk.js';

const SECONDS = 30;
const CAPACITY_SECONDS = 10;
/** Enough to keep the model busy, too few to be refused. */
const CONNECTIONS = 8;
/** `slo.p99Ms` of the service, from which it derives how many rows may wait. */
const SLO_MS = 500;
const PROBES_A_SECOND = 50;
const BAR_GOODPUT = 0.9;
const BAR_LIVEZ_MS = 20;
const livez = { path: '/livez', method: 'GET', headers: {} };

const ms = (answers, share) =>
  percentile(
    answers.map((answer) => answer.ms),
    share,
  );

await withServers(async (folder, servers) => {
  const model = join(folder, 'conv.onnx');
  writeConvModel(model);
  const head = machine();
  const server = await serve(model, { MLSERVE_SLO_P99MS: String(SLO_MS) });
  servers.push(server);
  const { url } = server;
  const script = await wrkScript(folder, 'conv', convRequest);
  const closed = { ...server, path: convRequest.path, script, connections: CONNECTIONS };
  await wrk({ ...closed, seconds: 2 });
  const before = await wrk({ ...closed, seconds: CAPACITY_SECONDS });
  const [answers, probes] = await Promise.all([
    openLoop({ url, request: convRequest, perSecond: before.rate * 2, seconds: SECONDS }),
    openLoop({ url, request: livez, perSecond: PROBES_A_SECOND, seconds: SECONDS }),
  ]);
  // Measured again, so that a neighbour who came or went is seen.
  const after = await wrk({ ...closed, seconds: CAPACITY_SECONDS });
  const capacity = Math.max(before.rate, after.rate);
  const accepted = answers.filter(({ status }) => status === 200);
  const shed = answers.filter(({ status }) => status === 503).length;
  const others = answers.length - accepted.length - shed;
  const goodput = accepted.filter((answer) => answer.ms <= SLO_MS).length / SECONDS;
  const [p99, livezP99] = [ms(accepted, 0.99), ms(probes, 0.99)];
  console.log(`overload: ${head}; Poisson arrivals for ${SECONDS} s, slo.p99Ms ${SLO_MS}\n`);
  const isHeld = goodput >= BAR_GOODPUT * capacity;
  const rows = [
    ['capacity, closed loop before and after', `${before.rate.toFixed(0)}/s, ${after.rate.toFixed(0)}/s`, ''],
    ['sent', `${(answers.length / SECONDS).toFixed(0)}/s`, ''],
    [
      'answered within the SLO',
      `${goodput.toFixed(0)}/s`,
      judged(`${(goodput / capacity).toFixed(2)} x capacity`, BAR_GOODPUT, isHeld),
    ],
    [
      'p50 and p99 of accepted',
      `${ms(accepted, 0.5).toFixed(0)} ms, ${p99.toFixed(0)} ms`,
      judged('', `${SLO_MS} ms`, p99 <= SLO_MS).trim(),
    ],
    [
      'refused with 503',
      `${(shed / SECONDS).toFixed(0)}/s, p99 ${ms(
        answers.filter(({ status }) => status === 503),
        0.99,
      ).toFixed(0)} ms`,
      '',
    ],
    ['anything else', String(others), judged('', '0', others === 0).trim()],
    [
      '/livez p50 and p99',
      `${ms(probes, 0.5).toFixed(1)} ms, ${livezP99.toFixed(1)} ms`,
      judged('', `${BAR_LIVEZ_MS} ms`, livezP99 <= BAR_LIVEZ_MS).trim(),
    ],
  ];
  console.log(table(['', 'figure', 'bar'], rows));
});

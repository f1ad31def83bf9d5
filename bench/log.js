// `npm run bench log`: the cost of a log line to a pipe, beside pino's own synchronous and asynchronous destinations.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { openLog } from '../dist/io/log.js';

const LINES = 100_000;
/** As many requests are answered in one turn of the event loop with 64 connections. */
const PER_TURN = 16;
const ROUNDS = 3;
const self = fileURLToPath(import.meta.url);
const LINE = {
  requestId: '1da824db-3673-4ccb-95e9-6175ae110ea2',
  method: 'POST',
  route: '/predict',
  status: 200,
  ms: 0.321,
};
const MODES = {
  'pino, synchronous': () => plain(true),
  'pino, asynchronous': () => plain(false),
  mlserve: async () => {
    const log = await openLog('json', { service: 'svc' }, {});
    return (fields) => log.info('request', fields);
  },
};

function plain(sync) {
  const options = { base: { service: 'svc' }, messageKey: 'message', timestamp: pino.stdTimeFunctions.isoTime };
  const log = pino(options, pino.destination({ fd: 2, sync }));
  return (fields) => log.info(fields, 'request');
}

/** Runs in a process of its own: prints microseconds of wall clock and of CPU for one line. */
async function write(mode) {
  const line = await MODES[mode]();
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let at = 0; at < LINES; at += PER_TURN) {
    for (let each = 0; each < PER_TURN; each++) line(LINE);
    await new Promise((wake) => setImmediate(wake));
  }
  const { user, system } = process.cpuUsage(cpu);
  process.stdout.write(
    JSON.stringify({ wall: ((performance.now() - start) * 1000) / LINES, cpu: (user + system) / LINES }),
  );
}

function measure(mode) {
  const child = spawn(process.execPath, [self, mode], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.resume();
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  return new Promise((done) => child.once('close', () => done(JSON.parse(text))));
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

if (process.argv[1] === self && process.argv[2] !== undefined) await write(process.argv[2]);
else {
  const rounds = new Map(Object.keys(MODES).map((mode) => [mode, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [mode, results] of rounds) results.push(await measure(mode));
  }
  console.log(
    `a log line of a request to a pipe, Node ${process.version}, ${ROUNDS} rounds of ${LINES} lines; medians`,
  );
  for (const [mode, results] of rounds) {
    const [wall, cpu] = [median(results.map((each) => each.wall)), median(results.map((each) => each.cpu))];
    console.log(`  ${mode.padEnd(20)} ${wall.toFixed(2).padStart(7)} us   CPU ${cpu.toFixed(2).padStart(6)} us`);
  }
}

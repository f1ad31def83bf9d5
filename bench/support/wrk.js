// A server × a request → what wrk sees of it, and the CPU time each request cost the server. Closed loop: each connection waits for its answer.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cpuMs } from './launch.js';
import { median } from './stats.js';

const run = promisify(execFile);

/** The script that makes wrk send `request`; its path. */
export async function wrkScript(folder, name, { headers, body }) {
  const script = join(folder, `${name.replaceAll(/\W+/g, '-')}.lua`);
  const fields = Object.entries(headers).map(([key, value]) => `wrk.headers["${key}"] = "${value}"`);
  await writeFile(`${script}.body`, body);
  const read = `wrk.body = io.open("${script}.body", "rb"):read("*a")`;
  await writeFile(script, `wrk.method = "POST"\n${fields.join('\n')}\n${read}\n`);
  return script;
}

const MS = { us: 0.001, ms: 1, s: 1000, m: 60_000 };
const millis = (text) => Number.parseFloat(text) * MS[/[a-z]+$/.exec(text)[0]];

/** One round. Throws when an answer was not 2xx or a connection broke. */
export async function wrk({ url, pid, path, script, connections, seconds }) {
  const before = cpuMs(pid);
  const args = [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--latency',
    '--timeout',
    '20s',
    '-s',
    script,
    `${url}${path}`,
  ];
  const { stdout } = await run('wrk', args).catch((error) => {
    throw error.code === 'ENOENT' ? new Error('this benchmark needs wrk (Debian: apt-get install wrk)') : error;
  });
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url}${path}\n${stdout}`);
  const total = Number(/(\d+) requests in/.exec(stdout)[1]);
  const at = (share) => millis(new RegExp(`^ +${share}% +(\\S+)`, 'm').exec(stdout)[1]);
  return {
    total,
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]),
    p50: at(50),
    p99: at(99),
    cpuUs: ((cpuMs(pid) - before) * 1000) / total,
  };
}

/** Until what runs often is compiled. */
const WARM_UP_S = 3;

/** The same for several targets in turn, `rounds` times after one that warms up; by name, the median of each figure. */
export async function interleaved(targets, { rounds, seconds, connections }) {
  const seen = new Map(targets.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const target of targets) {
      const figures = await wrk({ ...target, connections, seconds: round === 0 ? WARM_UP_S : seconds });
      if (round > 0) seen.get(target.name).push(figures);
    }
  }
  const middle = (list, key) => median(list.map((each) => each[key]));
  return new Map(
    [...seen].map(([name, list]) => [
      name,
      {
        rate: middle(list, 'rate'),
        p50: middle(list, 'p50'),
        p99: middle(list, 'p99'),
        cpuUs: middle(list, 'cpuUs'),
        rates: list.map(({ rate }) => Math.round(rate)),
      },
    ]),
  );
}

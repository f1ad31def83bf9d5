// `npm run bench serve`: iris with named features, one row a request, 64 connections, with and without batches, beside a bare HTTP server. Needs wrk.
import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SECONDS = 5;
const ROUNDS = 3;
const CONNECTIONS = 64;
const NAMES = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
const ROW = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
const BODY = JSON.stringify({ instances: [ROW] });
const self = fileURLToPath(import.meta.url);
const root = join(dirname(self), '..');
const headers = { 'content-type': 'application/json' };

/** Reads the body and answers a constant: what Node's HTTP costs without us. Runs in a process of its own. */
function bareServer(answer) {
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(answer) }).end(answer);
    });
  });
  server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));
}

/** The URL that a child prints, once the child is ready. */
async function launch(args, env = {}) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    text += chunk;
    const url = /ready.*(http:\S+)/.exec(text)?.[1];
    if (url !== undefined) {
      child.stdout.resume();
      return { child, url };
    }
  }
  throw new Error(`${args.join(' ')} did not start:\n${text}`);
}

async function load(url, script) {
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, '--latency', '-s', script, `${url}/predict`];
  const { stdout } = await promisify(execFile)('wrk', args);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]), p99: /99%\s+(\S+)/.exec(stdout)[1] };
}

async function meanBatch(url) {
  const page = await (await fetch(`${url}/metrics`)).text();
  const value = (name) => Number(new RegExp(`^${name}{.*} (\\S+)$`, 'm').exec(page)[1]);
  return value('mlserve_batch_rows_sum') / value('mlserve_batch_rows_count');
}

async function measure() {
  const folder = await mkdtemp(join(tmpdir(), 'mlserve-bench-'));
  const servers = [];
  try {
    await copyFile(join(root, 'fixtures/models/real/iris/model.onnx'), join(folder, 'model.onnx'));
    const features = NAMES.map((name) => `        - { name: ${name}, type: number, input: float_input }`).join('\n');
    const spec = `apiVersion: mlserve.dev/v1\nname: iris\nversion: 1.0.0\nmodels:\n  - name: iris\n    path: model.onnx\n    features:\n      columns:\n${features}\n`;
    await writeFile(join(folder, 'mlserve.yaml'), spec);
    const script = join(folder, 'post.lua');
    const fields = `wrk.method = "POST"\nwrk.headers["content-type"] = "application/json"`;
    await writeFile(script, `${fields}\nwrk.body = [[${BODY}]]\n`);
    const serve = [join(root, 'bin/mlserve.js'), 'serve', folder, '--port', '0', '--log', 'off'];
    servers.push({ name: 'mlserve, batches of up to 64 rows', ...(await launch(serve)) });
    servers.push({
      name: 'mlserve, batching.maxRows: 1',
      ...(await launch(serve, { MLSERVE_BATCHING_MAX_ROWS: '1' })),
    });
    const answer = await (await fetch(`${servers[0].url}/predict`, { method: 'POST', headers, body: BODY })).text();
    servers.unshift({ name: 'bare node:http, constant answer', ...(await launch([self, answer])) });
    const rounds = new Map(servers.map(({ name }) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const { name, url } of servers) rounds.get(name).push(await load(url, script));
    }
    console.log(
      `iris, named features, ${CONNECTIONS} connections, Node ${process.version}, ${ROUNDS} rounds of ${SECONDS} s; medians`,
    );
    const median = (name) => rounds.get(name).toSorted((a, b) => a.rate - b.rate)[Math.floor(ROUNDS / 2)];
    const bare = median(servers[0].name).rate;
    for (const { name, url } of servers) {
      const { rate, p99 } = median(name);
      const rows = name.startsWith('bare')
        ? ''
        : `   mean rows of the run of an answer ${(await meanBatch(url)).toFixed(1)}`;
      const all = rounds.get(name).map((each) => Math.round(each.rate));
      console.log(
        `  ${name.padEnd(36)} ${rate.toFixed(0).padStart(6)}/s   ${(rate / bare).toFixed(2)} x bare   p99 ${p99}${rows}   (${all.join(', ')})`,
      );
    }
  } finally {
    for (const { child } of servers) child.kill('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === self) bareServer(process.argv[2]);
else await measure();

// `npm run demo`: the main job on a bundled real model, in a temp folder: init, validate, lock, serve, predict, metrics, stop.
// Runs the very commands a user would type and prints each before its output.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cli = join(root, 'bin', 'mlserve.js');
const model = join(root, 'fixtures', 'models', 'real', 'iris-zipmap');
const home = mkdtempSync(join(tmpdir(), 'mlserve-demo-'));
const SPECIES = ['setosa', 'versicolor', 'virginica'];

const say = (line) => process.stdout.write(`${line}\n`);
const show = (command) => say(`\n\u001b[1m$ ${command}\u001b[0m`);

function mlserve(args, shown = `mlserve ${args.join(' ')}`) {
  show(shown);
  const { status } = spawnSync(process.execPath, [cli, ...args], {
    cwd: home,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`"${shown}" ended with ${status}`);
}

async function ready(url, server) {
  for (let attempt = 0; attempt < 200 && server.exitCode === null; attempt++) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the server did not become ready');
}

function serve() {
  show('mlserve serve iris --port 0 --log off &');
  const server = spawn(process.execPath, [cli, 'serve', 'iris', '--port', '0', '--log', 'off'], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk) => {
      process.stdout.write(chunk);
      text += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text);
      if (found) resolve(found[0]);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.once('exit', (code) => reject(new Error(`mlserve serve ended with ${code}`)));
  });
  return { server, url };
}

async function stop(server) {
  show('kill -TERM %1');
  server.kill('SIGTERM');
  const code = await new Promise((resolve) => server.once('exit', (status) => resolve(status)));
  say(`the server ended with exit code ${code}`);
  if (code !== 0) throw new Error('the server did not stop cleanly');
}

let running;
try {
  say('One real model, scikit-learn logistic regression on the iris data, from file to service.');
  mlserve(['init', 'iris', '--model', join(model, 'model.onnx'), '--yes'], 'mlserve init iris --model iris.onnx --yes');
  mlserve(['validate', 'iris']);
  mlserve(['lock', 'iris']);
  const { server, url: pending } = serve();
  running = server;
  const url = await pending;
  await ready(url, server);

  const golden = JSON.parse(readFileSync(join(home, 'iris', 'examples', 'golden.json'), 'utf8'));
  const columns = Object.keys(golden.request.instances[0]);
  const cases = JSON.parse(readFileSync(join(model, 'cases.json'), 'utf8'));
  const [rows] = Object.values(cases.inputs);
  // One flower of each species, rows that the model was not trained on.
  const wanted = SPECIES.map((_, species) => cases.labels.indexOf(species));
  const instances = wanted.map((row) =>
    Object.fromEntries(columns.map((name, column) => [name, rows.data[row * columns.length + column]])),
  );
  const body = JSON.stringify({ instances });
  show(`curl -i ${url}/predict -H 'content-type: application/json' -d '${body}'`);
  const answer = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  for (const [name, value] of answer.headers) if (name.startsWith('x-')) say(`${name}: ${value}`);
  const response = await answer.json();
  const { predictions, ...identity } = response;
  say(JSON.stringify(identity, null, 2));
  for (const prediction of predictions) say(`  ${JSON.stringify(prediction)}`);
  if (!answer.ok || predictions.length !== wanted.length) throw new Error('the prediction failed');
  say(`\nscikit-learn's own answer for the same rows: ${wanted.map((row) => SPECIES[cases.labels[row]]).join(', ')}`);

  show(`curl -s ${url}/metrics | grep ^mlserve_`);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const lines = metrics
    .split('\n')
    .filter((line) =>
      /^mlserve_(model_info|model_ready|requests_total|inference_duration_seconds_(sum|count))/.test(line),
    );
  say(lines.join('\n'));
  await stop(server);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`demo failed: ${error.message}\n`);
  running?.kill('SIGKILL');
} finally {
  rmSync(home, { recursive: true, force: true });
}

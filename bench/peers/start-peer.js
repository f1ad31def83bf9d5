// The name of a peer → its environment (made once, kept in the cache folder), and a running server of iris in it.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, pause, residentMb, root } from '../support/launch.js';

const here = dirname(fileURLToPath(import.meta.url));
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mlserve-bench');
const requirements = JSON.parse(readFileSync(join(here, 'requirements.json'), 'utf8'));
const LONGEST_MS = 120_000;

/** Command line of each, given the `bin` folder of its environment and a port. One process for requests, as is the default of each but MLServer, whose `parallel_workers: 0` is faster than its default of 1. */
const COMMANDS = {
  fastapi: (bin, port) => [
    join(bin, 'uvicorn'),
    'fastapi_app:app',
    '--port',
    port,
    '--no-access-log',
    '--log-level',
    'warning',
  ],
  mlserver: (bin) => [join(bin, 'mlserver'), 'start', '.'],
  bentoml: (bin, port) => [join(bin, 'bentoml'), 'serve', 'bento_app:Iris', '--host', '127.0.0.1', '--port', port],
  litserve: (bin) => [join(bin, 'python'), join(here, 'lit_app.py')],
};

/** Installs with pip where it is not there yet; the `bin` folder. */
function environment(name) {
  const folder = join(cache, name);
  const done = join(folder, 'installed.json');
  const wanted = JSON.stringify(requirements[name]);
  if (!existsSync(done) || readFileSync(done, 'utf8') !== wanted) {
    mkdirSync(cache, { recursive: true });
    execFileSync('python3', ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements[name]];
    execFileSync(join(folder, 'bin', 'python'), pip, { stdio: ['ignore', 'ignore', 'inherit'] });
    writeFileSync(done, wanted);
  }
  return join(folder, 'bin');
}

/** MLServer reads its settings from files. */
function writeMlserverSettings(folder, port) {
  const [grpc, metrics] = [Number(port) + 1, Number(port) + 2];
  const settings = {
    http_port: Number(port),
    grpc_port: grpc,
    metrics_port: metrics,
    host: '127.0.0.1',
    debug: false,
    parallel_workers: 0,
  };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
  writeFileSync(join(folder, 'model-settings.json'), JSON.stringify({ name: 'iris', implementation: 'runtime.Iris' }));
}

/** A process and all below it. */
function tree(pid) {
  const children = new Map();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const parent = Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1].split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It has ended meanwhile.
    }
  }
  const below = (each) => [each, ...(children.get(each) ?? []).flatMap(below)];
  return below(pid);
}

/** Memory of a process and all below it, in megabytes. */
export const treeMb = (pid) => tree(pid).reduce((sum, each) => sum + residentMb(each), 0);

/** Starts one and waits until it answers `request` with 200. `folder` is for its files. */
export async function startPeer(name, folder, request) {
  const bin = environment(name);
  const port = await freePort();
  if (name === 'mlserver') writeMlserverSettings(folder, port);
  const cwd = name === 'mlserver' ? folder : here;
  const env = {
    ...process.env,
    PORT: port,
    MODEL: join(root, 'fixtures/models/real/iris/model.onnx'),
    PYTHONPATH: `${here}:${join(here, 'mlserver')}`,
    PYTHONDONTWRITEBYTECODE: '1',
    BENTOML_DO_NOT_TRACK: 'true',
  };
  const [command, ...args] = COMMANDS[name](bin, port);
  const start = performance.now();
  const child = spawn(command, args, { cwd, env, stdio: 'ignore', detached: true });
  const url = `http://127.0.0.1:${port}`;
  const { path, headers, body } = request;
  for (;;) {
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) break;
    if (child.exitCode !== null || performance.now() - start > LONGEST_MS) throw new Error(`${name} did not start`);
    await pause(10);
  }
  return { child, url, pid: child.pid, startMs: performance.now() - start };
}

/** Ends it and whatever it started, by their ids: some of them make sessions of their own. */
export function stopPeer({ child }) {
  for (const pid of tree(child.pid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

// Command lines → servers that run beside the benchmark, what they take of the machine, and folders that are gone afterwards.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const cli = join(root, 'bin', 'mlserve.js');
const bare = join(root, 'bench', 'support', 'bare-server.js');

/** A server by its Node arguments, once it has printed a line with `ready` and its URL. */
export async function launch(args, env = {}) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    text += chunk;
    const url = /ready.*(http:\S+)/.exec(text)?.[1];
    if (url !== undefined) {
      child.stdout.resume();
      return { child, url, pid: child.pid };
    }
  }
  throw new Error(`${args.join(' ')} did not start:\n${text}`);
}

/** `mlserve serve TARGET` on a free port. */
export const serve = (target, env) => launch([cli, 'serve', target, '--port', '0', '--log', 'off'], env);

/** The bare server, answering the bytes of a file. */
export const serveConstant = (answerFile) => launch([bare, answerFile]);

/** Ends a server by SIGTERM and waits for it. */
export async function stop({ child }) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await gone;
}

/** Calls `work` with a new folder and a list of servers; whatever is in either afterwards is gone. */
export async function withServers(work) {
  const folder = await mkdtemp(join(tmpdir(), 'mlserve-bench-'));
  const servers = [];
  try {
    return await work(folder, servers);
  } finally {
    await Promise.all(servers.map(stop));
    await rm(folder, { recursive: true, force: true });
  }
}

/** User and system time that a process has taken so far, in milliseconds; NaN where there is no /proc. */
export function cpuMs(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}

/** Memory of a process that is in RAM now, in megabytes; NaN where there is no /proc. */
export function residentMb(pid) {
  try {
    return (Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024) / 1e6;
  } catch {
    return Number.NaN;
  }
}

/** A port that is free now, as text. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(String(port)));
    });
  });
}

export const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

/** Milliseconds of a fixed loop: how fast this machine is at the moment, whoever else it works for. */
function loopMs() {
  const start = performance.now();
  let sum = 0;
  for (let at = 0; at < 3e8; at++) sum = (sum + at) | 0;
  return performance.now() - start + (sum === 1 ? 1 : 0);
}

/** What the figures below were measured on: one line for the head of a report. Twice the usual time of the loop means half a machine. */
export function machine() {
  const load = readFileSync('/proc/loadavg', 'utf8').split(' ')[0];
  const day = new Date().toISOString().slice(0, 10);
  const about = `${day}, Node ${process.version}, ${availableParallelism()} CPUs (${cpus()[0]?.model.trim()})`;
  return `${about}, at the start a load average of ${load} and ${loopMs().toFixed(0)} ms for a loop of 3e8 additions`;
}

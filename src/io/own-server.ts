/** A project folder → its server, started the way that users start it, on a free port of this machine. Its process ends with `close`, and with this one. */
import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { MlserveError } from '../errors.ts';
import type { OwnServer, OwnServerOptions } from '../load/load.ts';

const CLI = fileURLToPath(new URL('../../bin/mlserve.js', import.meta.url));
// The built file, as for inference threads.
const END_WITH_PARENT = new URL('../../dist/io/end-with-parent.js', import.meta.url);
/** No other port than the one that is asked, whatever the project says: its own service may run. */
const FLAGS = ['--frozen', '--host', '127.0.0.1', '--port', '0', '--grpc-port', 'off', '--log-format', 'json'];
/** What it says once it is ready. */
const READY = / is ready on (https?:\/\/\S+)/;
/** Of what is printed, to quote. */
const MOST_KEPT = 4000;
/** What a CI job wants to know is told by this process. */
const NOT_FOR_IT = /^(MLSERVE_OUTPUT_FILE|GITHUB_.*)$/;

export async function startOwnServer({ dir, signal }: OwnServerOptions): Promise<OwnServer> {
  const kept = Object.entries(process.env).filter(([name]) => !NOT_FOR_IT.test(name));
  const guard = `--import=${END_WITH_PARENT}?parent=${process.pid}`;
  const child = spawn(process.execPath, [guard, CLI, 'serve', dir, ...FLAGS], {
    env: { ...Object.fromEntries(kept), MLSERVE_SERVER_METRICS_PORT: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  let failure: string | undefined;
  let isClosing = false;
  const complaint = lastOf(child, 'stderr');
  const ended = new Promise<void>((done) => {
    const end = (how: string): void => {
      if (!isClosing) failure ??= `${how}: ${complaint()}`;
      done();
    };
    child.once('error', (error) => end(`cannot be started (${error.message})`));
    child.once('close', (code, by) => end(by === null ? `ended with exit code ${code}` : `was ended by ${by}`));
  });
  const close = async (): Promise<void> => {
    isClosing = true;
    signal.removeEventListener('abort', onAbort);
    // Nobody but us was served: there is nothing to wait for.
    child.kill('SIGKILL');
    await ended;
  };
  const onAbort = (): void => void close();
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  const url = await Promise.race([firstMatch(child, READY), ended]);
  if (url === undefined) {
    await close();
    throw new MlserveError('SERVICE_UNREACHABLE', `the server of the project ${failure ?? 'was stopped'}`, {
      where: dir,
      hint: 'see whether "mlserve serve" starts',
    });
  }
  return { url, failure: () => failure, close };
}

/** The first group, in what the process prints for programs. The rest of it is read and forgotten. */
function firstMatch(child: ChildProcess, pattern: RegExp): Promise<string> {
  let text = '';
  return new Promise((found) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-MOST_KEPT);
      const [, group] = pattern.exec(text) ?? [];
      if (group !== undefined) found(group.replace(/,$/, ''));
    });
  });
}

/** The end of what the process prints for people. */
function lastOf(child: ChildProcess, stream: 'stderr'): () => string {
  let text = '';
  child[stream]?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-MOST_KEPT);
  });
  return () => text.trim();
}

/** A running `mlserve serve` for end-to-end tests: a project folder → its URL once it is ready. */
import { type ChildProcess, spawn } from 'node:child_process';
import { checkFetches } from './checked-fetch.ts';
import { bareEnv, CLI } from './run-cli.ts';

export interface Served {
  readonly url: string;
  /** `127.0.0.1:8081`; empty without gRPC. */
  readonly grpc: string;
  readonly process: ChildProcess;
  /** Everything the server has printed for people so far. */
  log(): string;
  /** SIGTERM, then its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `mlserve serve` on a free port and waits until `/readyz` answers 200, or fails with what it printed. */
export async function startServer(cwd: string, args: readonly string[] = [], waitMs = 60_000): Promise<Served> {
  const child = spawn(process.execPath, [CLI, 'serve', ...args, '--port', '0'], { cwd, env: bareEnv() });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const deadline = performance.now() + waitMs;
  while (performance.now() < deadline && child.exitCode === null) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
    const answer = url === undefined ? undefined : await fetch(`${url}/readyz`).catch(() => undefined);
    if (url !== undefined && answer?.status === 200) {
      await checkFetches(url);
      return {
        url,
        grpc: /listening for gRPC/.test(text) ? (/"address":"([^"]+)"/.exec(text)?.[1] ?? '') : '',
        process: child,
        log: () => text,
        stop: async () => {
          child.kill('SIGTERM');
          return await ended;
        },
      };
    }
    await new Promise((wake) => setTimeout(wake, 25));
  }
  child.kill('SIGKILL');
  throw new Error(`mlserve serve did not become ready:\n${text}`);
}

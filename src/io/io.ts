/** argv × this process → the `Io` that commands get. Nothing heavy is imported here: libraries come with their first use. */
import { EXIT } from '../errors.ts';
import type { Io } from '../ports.ts';
import { lazyFiles } from './lazy-files.ts';
import { once } from './once.ts';
import { decidePresentation } from './presentation.ts';
import { standardStream } from './standard-stream.ts';
import { realTerminal } from './terminal.ts';

/** `argv` without `node` and the script. */
export function realIo(argv: readonly string[]): Io {
  const { env } = process;
  const presentation = once(() => {
    // Asked of the descriptor: touching `process.stdin` would open it. Not imported: most of it is node:net.
    const { isatty } = process.getBuiltinModule('node:tty');
    return decidePresentation({
      argv,
      env,
      stdinIsTTY: isatty(0),
      stdoutIsTTY: isatty(1),
      stderrIsTTY: isatty(2),
    });
  });
  const stdout = standardStream(1, () => process.stdout);
  const stderr = standardStream(2, () => process.stderr);
  const terminal = realTerminal({ stdout, stderr }, presentation);
  const cwd = process.cwd();
  const prompt = async () => (await import('./prompt.ts')).realPrompt(terminal.isInteractive);
  const flushes = new Set<() => void>();
  return {
    cwd,
    env,
    files: lazyFiles(async () => (await import('./files.ts')).realFiles(cwd)),
    terminal,
    prompt: {
      text: async (question) => (await prompt()).text(question),
      confirm: async (question) => (await prompt()).confirm(question),
    },
    machine: {
      node: process.versions.node,
      platform: `${process.platform}/${process.arch}`,
      isTelemetryOff: () => env.ORT_DISABLE_TELEMETRY === '1',
      loadRuntime: async () => (await import('./machine.ts')).loadRuntime(),
      freeBytes: async (folder) => (await import('./machine.ts')).freeBytesOf(folder),
      tryPort: async (address) => (await import('./machine.ts')).tryPort(address),
    },
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    runtime: once(async () => (await import('./runtime.ts')).realRuntime()),
    prober: {
      probe: async (request) => (await import('./prober.ts')).realProber().probe(request),
    },
    measurer: {
      measure: async (request) => (await import('./measurer.ts')).realMeasurer.measure(request),
    },
    cpus: async () => (await import('./cpus.ts')).cpuLimit(),
    onSignal(listener) {
      const listen = (signal: NodeJS.Signals): void => {
        if (signal === 'SIGTERM' || signal === 'SIGINT') listener(signal);
      };
      process.on('SIGTERM', listen).on('SIGINT', listen);
      return () => void process.off('SIGTERM', listen).off('SIGINT', listen);
    },
    http: { send: async (question) => (await import('./http-client.ts')).httpClient.send(question) },
    resultSchemas: async () => (await import('./result-schemas.ts')).readResultSchemas(),
    grpc: { ask: async (question) => (await import('./grpc-client.ts')).grpcCaller.ask(question) },
    pageFile: async (name) => (await import('./page-files.ts')).readPageFile(name),
    listen: async (handler, options) => (await import('./http.ts')).listen(handler, options),
    listenGrpc: async (handler, options) => (await import('./grpc.ts')).listenGrpc(handler, options),
    async openLog(format, fields) {
      const log = await (await import('./log.ts')).openLog(format, fields, terminal);
      flushes.add(log.flush);
      process.once('exit', log.flush);
      return log;
    },
    terminate: (code) => {
      for (const flush of flushes) flush();
      terminate(code);
    },
    uncaught: () => new Promise((resolve) => process.on('uncaughtException', (thrown) => resolve({ thrown }))),
    end: (code) => {
      process.exitCode = code;
      process.emit('exit', code);
      reallyExit(code);
    },
    checkout: async (revision) => (await import('./checkout.ts')).checkOut(cwd, revision),
    checkoutTrouble: async () => (await import('./checkout-trouble.ts')).checkoutTrouble(cwd),
    load: async () => (await import('./make-load.ts')).realLoad(),
    imaging: async () => (await import('./imaging.ts')).realImaging(env),
    cluster: async (options) => (await import('./kubectl/cluster.ts')).openCluster(env, options),
  };
}

/**
 * Every ordinary way to exit joins the worker threads, and joining one inside a native run aborts the process with "terminate
 * called after throwing an instance of 'Napi::Error'" (onnxruntime-node 1.30; `process.exit` and `reallyExit` alike). The default
 * action of a signal does not. The first process of a container is immune to its own signals, so it exits after all.
 */
function terminate(code: number): void {
  const signal = code === EXIT.interrupted ? 'SIGINT' : 'SIGKILL';
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  reallyExit(code);
}

function reallyExit(code: number): void {
  (process as unknown as { reallyExit(code: number): void }).reallyExit(code);
}

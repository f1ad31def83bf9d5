/** A program × an order with limits → its report, or why there is none: a process of its own, killed on overrun. See `guarded-child.ts` for the other side. */
import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { MlserveError } from '../errors.ts';

export interface GuardedLimits {
  /** Of work; a few times that where the machine is too busy to do any. */
  readonly timeoutMs: number;
  readonly memoryBytes: number;
}

/** Why a process ended that sent no report. */
export interface SilentEnd {
  readonly status: 'timeout' | 'memory' | 'crashed';
  readonly message: string;
}

/** What Windows processes cannot start without; everything else of the environment stays here. */
const KEPT = ['SystemRoot', 'SYSTEMROOT', 'windir', 'TEMP', 'TMP', 'TMPDIR'];
const MOST_CHATTER = 20_000;
/** The watchdog ends what works too long. This many times the limit, and time to start, end what waits for ever on however busy a machine. */
const PATIENCE = 5;
const START_MS = 10_000;

/** `program` is a compiled file; `purpose` says in a message what it is for. Rejects with RUNTIME_UNSUPPORTED alone. */
export function runGuarded<Report>(
  program: string,
  order: GuardedLimits,
  purpose: string,
): Promise<Report | SilentEnd> {
  const child = spawn(process.execPath, [program, String(process.pid)], {
    env: childEnvironment(),
    // 3: messages; 4: last words of the watchdog, which cannot send messages.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
    serialization: 'advanced',
    windowsHide: true,
  });
  return new Promise((settle, fail) => {
    const chatter = collect(child, 2);
    const lastWords = collect(child, 4);
    let report: Report | undefined;
    let overran = false;
    const timer = setTimeout(
      () => {
        overran = true;
        child.kill('SIGKILL');
      },
      START_MS + PATIENCE * order.timeoutMs,
    );
    child.on('message', (message) => {
      report = message as Report;
      // It has nothing left to do, and native libraries may be slow to leave.
      child.kill('SIGKILL');
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      const message = `no process can be started ${purpose}: ${error.message}`;
      fail(new MlserveError('RUNTIME_UNSUPPORTED', message, { cause: error }));
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (report !== undefined) settle(report);
      else settle(verdict({ order, code, signal, overran, lastWords: lastWords(), chatter: chatter() }));
    });
    // A child that died before it could listen is reported by `close`.
    child.send(order, () => {});
  });
}

interface Traces {
  readonly order: GuardedLimits;
  readonly code: number | null;
  readonly signal: string | null;
  readonly overran: boolean;
  readonly lastWords: string;
  readonly chatter: string;
}

function verdict({ order, code, signal, overran, lastWords, chatter }: Traces): SilentEnd {
  const [, what, amount] = /^(memory|time) (\d+)/.exec(lastWords) ?? [];
  if (what === 'memory') {
    const message = `wanted ${mebibytes(Number(amount))}; the limit is ${mebibytes(order.memoryBytes)}`;
    return { status: 'memory', message };
  }
  if (what === 'time') return { status: 'timeout', message: `did not end within ${amount} ms` };
  if (overran) return { status: 'timeout', message: `did not end within ${PATIENCE * order.timeoutMs} ms` };
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  const said = firstLine(chatter);
  return { status: 'crashed', message: said === '' ? how : `${how}: ${said}` };
}

function childEnvironment(): Record<string, string> {
  const kept = KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(kept), ORT_DISABLE_TELEMETRY: '1' };
}

/** Reads one of the child's streams to its end; keeps the beginning. */
function collect(child: ChildProcess, index: 2 | 4): () => string {
  let text = '';
  const stream = child.stdio[index];
  if (stream !== null && stream !== undefined && 'setEncoding' in stream) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      if (text.length < MOST_CHATTER) text += chunk;
    });
    stream.on('error', () => {});
  }
  return () => text;
}

function firstLine(text: string): string {
  const line = text.split('\n').find((each) => each.trim() !== '') ?? '';
  return line.trim().slice(0, 300);
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

/** The URL of a service × requests → what became of each: sent when it is due, or on some connections one after the other. */
import { Agent, type AgentOptions, request as httpRequest, type RequestOptions } from 'node:http';
import { MlserveError } from '../errors.ts';
import type { ClosedLoop, LoadRequest, LoadTarget, Sender } from '../load/load.ts';
import { OUTCOME, type Shots } from '../load/shots.ts';
import { fileLimit } from './file-limit.ts';
import { loadClock, pace } from './pacer.ts';

/** A service that has so many under way is beyond what it can do. */
const MOST = 4096;
/** Besides connections. */
const OTHER_FILES = 100;

/** Calls back once, with the status or an `OUTCOME`. */
type Send = (request: LoadRequest, onEnd: (status: number) => void) => void;

export async function openSender(target: LoadTarget): Promise<Sender> {
  const { send, close } = await openConnections(target);
  const { signal } = target;
  const most = Math.max(1, Math.min(MOST, (await fileLimit()) - OTHER_FILES));
  signal.addEventListener('abort', close);
  return {
    most,
    open: (requests, due) => openLoop(send, { requests, due, most, signal }),
    closed: (requests, order) => closedLoop(send, requests, { ...order, signal }),
    close() {
      signal.removeEventListener('abort', close);
      close();
    },
  };
}

async function openConnections({ url, headers, ca, timeoutMs }: LoadTarget): Promise<{ send: Send; close(): void }> {
  const { protocol, hostname, port, pathname } = new URL(url);
  const isTls = protocol === 'https:';
  const library = isTls ? await import('node:https') : { Agent, request: httpRequest };
  const kept: AgentOptions = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: MOST };
  const agent = new library.Agent({ ...kept, ...(ca === undefined ? {} : { ca }) });
  const host = hostname.replace(/^\[|\]$/g, '');
  const prefix = pathname.replace(/\/+$/, '');
  const common = { agent, host, port, method: 'POST' };
  const send: Send = ({ path, body }, onEnd) => {
    const all = { ...headers, 'content-length': body.length };
    const options: RequestOptions = { ...common, path: `${prefix}${path}`, headers: all };
    let isOpen = true;
    const end = (status: number): void => {
      if (!isOpen) return;
      isOpen = false;
      clearTimeout(timer);
      onEnd(status);
    };
    const sent = library.request(options, (answer) => {
      answer
        .resume()
        .once('end', () => end(answer.statusCode ?? OUTCOME.broken))
        .once('error', () => end(OUTCOME.broken));
    });
    const timer = setTimeout(() => {
      end(OUTCOME.timeout);
      sent.destroy();
    }, timeoutMs);
    sent.on('error', () => end(OUTCOME.broken)).end(body);
  };
  return { send, close: () => agent.destroy() };
}

interface OpenLoop {
  readonly requests: readonly LoadRequest[];
  readonly due: Float64Array<ArrayBuffer>;
  readonly most: number;
  readonly signal: AbortSignal;
}

async function openLoop(send: Send, { requests, due, most, signal }: OpenLoop): Promise<Shots> {
  const count = due.length;
  const shots = {
    due,
    status: new Uint16Array(count),
    latency: new Float64Array(count),
    late: new Float64Array(count),
  };
  let [next, underWay] = [0, 0];
  let start = 0;
  let onIdle = (): void => {};
  const sendDue = (until: number): void => {
    for (; next < until; next++) {
      const at = next;
      const request = requests[at % requests.length];
      if (underWay >= most || request === undefined) {
        shots.status[at] = OUTCOME.unsent;
        continue;
      }
      const dueAt = start + (due[at] ?? 0);
      underWay++;
      send(request, (status) => {
        shots.status[at] = status;
        shots.latency[at] = loadClock() - dueAt;
        if (--underWay === 0) onIdle();
      });
      // After it: what sending takes is the sender's own time too.
      shots.late[at] = loadClock() - dueAt;
    }
  };
  const clock = await pace(due, sendDue);
  start = clock.start;
  await unlessAborted(signal, clock.stop, async () => {
    await clock.ended;
    if (underWay > 0) await new Promise<void>((idle) => (onIdle = idle));
  });
  return shots;
}

async function closedLoop(
  send: Send,
  requests: readonly LoadRequest[],
  { connections, durationMs, signal }: ClosedLoop & { readonly signal: AbortSignal },
): Promise<number> {
  const start = loadClock();
  let [next, answered] = [0, 0];
  let isOver = false;
  const client = async (): Promise<void> => {
    while (!isOver && loadClock() - start < durationMs) {
      const request = requests[next++ % requests.length] as LoadRequest;
      const status = await new Promise<number>((end) => send(request, end));
      if (status === 200) answered++;
    }
  };
  const stop = (): void => {
    isOver = true;
  };
  await unlessAborted(signal, stop, () => Promise.all(Array.from({ length: connections }, client)));
  return (answered * 1000) / (loadClock() - start);
}

/** Rejects with INTERRUPTED as soon as `signal` is aborted. */
async function unlessAborted(signal: AbortSignal, stop: () => void, work: () => Promise<unknown>): Promise<void> {
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      stop();
      reject(new MlserveError('INTERRUPTED', 'the load was stopped'));
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
  });
  try {
    await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

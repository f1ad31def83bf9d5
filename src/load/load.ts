/** The port through which load is made: a server of the project in a process of its own, and a sender of requests. Types only. */
import type { Shots } from './shots.ts';

/** A server in a process of its own, which ends with `close`. */
export interface OwnServer {
  readonly url: string;
  /** Why it has ended by itself; undefined while it runs. */
  failure(): string | undefined;
  /** At once. Idempotent. */
  close(): Promise<void>;
}

export interface OwnServerOptions {
  /** The project folder, absolute. */
  readonly dir: string;
  readonly signal: AbortSignal;
}

export interface LoadRequest {
  /** After the URL. */
  readonly path: string;
  readonly body: Uint8Array;
}

export interface LoadTarget {
  /** Of http or https, without a `/` at its end. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM text of the authorities to trust instead of the usual ones. */
  readonly ca: string | undefined;
  /** For an answer, to its last byte. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Sends `POST` requests in turn over connections that it keeps. An aborted signal ends what is under way with INTERRUPTED. */
export interface Sender {
  /** Requests that may be under way at the same time. */
  readonly most: number;
  /** Each at its time, whatever became of those before. Resolves when all are answered or given up. */
  open(requests: readonly LoadRequest[], due: Float64Array<ArrayBuffer>): Promise<Shots>;
  /** On each of some connections the next when the one before is answered. Answers with status 200 for each second. */
  closed(requests: readonly LoadRequest[], order: ClosedLoop): Promise<number>;
  close(): void;
}

export interface ClosedLoop {
  readonly connections: number;
  readonly durationMs: number;
}

export interface Load {
  /** The model of the processor; empty where the system does not tell. */
  readonly cpu: string;
  /** Ready to be asked. Throws SERVICE_UNREACHABLE with what it printed when it does not become that. */
  serve(options: OwnServerOptions): Promise<OwnServer>;
  sender(target: LoadTarget): Promise<Sender>;
}

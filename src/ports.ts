/** Type `Io` and its ports: everything a command may do to the world. Types only; `io/` implements them. */
import type { Checkout } from './compare/checkout.ts';
import type { Machine } from './doctor/machine.ts';
import type { Measurer } from './engine/measured.ts';
import type { Imaging } from './image/imaging.ts';
import type { Load } from './load/load.ts';
import type { Cluster, ClusterOptions } from './manifests/cluster.ts';
import type { ByteSource } from './model/structure.ts';
import type { Tensors } from './model/tensor.ts';
import type { GrpcCaller, HttpClient } from './remote-ports.ts';
import type { TlsCredentials } from './server/auth/tls-credentials.ts';
import type { Handler } from './server/contract.ts';
import type { GrpcHandler } from './server/grpc/contract.ts';

export type { GrpcAnswer, GrpcCaller, GrpcQuestion, HttpAnswer, HttpClient, HttpQuestion } from './remote-ports.ts';

export interface FileStat {
  readonly size: number;
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  /** Number of hard links. */
  readonly links: number;
  readonly inode: number;
  /** Last change of the content and of the file's record, in milliseconds since the epoch with fractions. */
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

/** A staged file against the file of the same path in the target. */
export interface StagedFile {
  /** Relative to the target, POSIX separators. */
  readonly path: string;
  readonly bytes: number;
  readonly state: 'new' | 'same' | 'different';
}

/** A folder to prepare files in; nothing of it is in the target before `commit`, and all of it afterwards. */
export interface StagedFolder {
  /** Absolute path of the staging folder, empty at first, on the target's disk; of a trial, in the folder for temporary files. */
  readonly path: string;
  compare(): Promise<readonly StagedFile[]>;
  /**
   * Moves these files into the target, over what is there, and takes `obsolete` ones away with the folders that become empty; on failure the
   * target is put back as it was.
   */
  commit(paths: readonly string[], obsolete?: readonly string[]): Promise<void>;
  /** Removes what was not moved. To be called in every case, also when the process is about to end. */
  discard(): Promise<void>;
}

/** Real files. Paths are absolute or relative to `Io.cwd`. Failures are `MlserveError` FILE_NOT_FOUND or FILE_UNREADABLE. */
export interface Files {
  readText(path: string): Promise<string>;
  /** Temp file in the same folder, fsync, rename: the old file or the new one, never a part. Makes parent folders. */
  writeAtomic(path: string, content: string | Uint8Array): Promise<void>;
  /** Adds text to the end of a file, which is made when there is none, in one write: other processes may do the same. Makes parent folders. */
  append(path: string, text: string): Promise<void>;
  /** `writeAtomic` of text in chunks. An error of `chunks` passes through and leaves the old file. */
  writeChunks(path: string, chunks: AsyncIterable<string>): Promise<void>;
  copyAtomic(from: string, to: string): Promise<void>;
  /** Prepares to fill `target`, which need not exist, in one step. A trial is never committed, and writes nothing at the target or beside it. */
  stage(target: string, options?: { readonly isTrial: boolean }): Promise<StagedFolder>;
  /** Does not follow a symlink in the last component; undefined when nothing is there. */
  stat(path: string): Promise<FileStat | undefined>;
  /** The path with every symlink resolved. */
  realPath(path: string): Promise<string>;
  /** Files below `root` that match a glob of `*`, `**` and `?`, POSIX paths relative to root, sorted. */
  glob(root: string, pattern: string): Promise<readonly string[]>;
  /** Random access for the model reader; `close` must be called. */
  open(path: string): Promise<ByteSource & { close(): void }>;
  /** Lower-case hexadecimal sha256 of a file, streamed. */
  sha256(path: string): Promise<string>;
  /** Bytes of a file, or of standard input for `-`, with back-pressure. Aborting `signal` ends it with INTERRUPTED. */
  stream(path: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** The one writer. stdout carries results, stderr everything for people. */
export interface Terminal {
  readonly isInteractive: boolean;
  /** Width of standard output where that is a terminal. */
  readonly columns: number | undefined;
  /** Resolves when the chunk was taken, so that a slow reader slows us down. */
  out(text: string): Promise<void>;
  /** A line for people on stderr; dropped by `--quiet`. */
  info(line: string): void;
  warn(line: string): void;
  /** Errors are printed even with `--quiet`. */
  error(text: string): void;
  /** A step with a spinner on a TTY, a plain line elsewhere; the spinner never outlives `work`. On a TTY `now` says in place of the label what goes on. */
  step<T>(label: string, work: (now: (words: string) => void) => Promise<T>): Promise<T>;
  /** Progress of something countable; undefined total means unknown. `words` say what is done. Nothing is drawn without a TTY. */
  progress(label: string): { update(done: number, total: number | undefined, words: string): void; end(): void };
}

export interface Question {
  readonly message: string;
  /** What gives the answer on the command line. */
  readonly flag: string;
  readonly initial?: string;
  /** What is wrong with an answer; it is said, and the question stays. */
  readonly check?: (answer: string) => Promise<string | undefined>;
}

/** Questions. Throws PROMPT_UNAVAILABLE, naming `flag`, when there is no terminal or `--yes` was given. */
export interface Prompt {
  text(question: Question): Promise<string>;
  /** No when the answer is empty. */
  confirm(question: Pick<Question, 'message' | 'flag'>): Promise<boolean>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Monotonic milliseconds with fractions, for durations. */
  monotonic(): number;
}

export interface SessionOptions {
  /** Intra-op threads, at least 1. */
  readonly threads: number;
  /** A run in this thread that takes longer ends the process: nobody else could. Not limited when absent; runs in workers are their caller's to watch. */
  readonly runTimeoutMs?: number;
}

export interface SessionRun {
  readonly outputs: Tensors;
  /** Milliseconds inside the runtime, without the way to a worker and back. */
  readonly runMs: number;
}

/** One loaded model in one thread. Calls to `run` must not overlap. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Computes the named outputs. Buffers of `inputs` may be transferred away and must not be used afterwards. */
  run(inputs: Tensors, outputs: readonly string[]): Promise<SessionRun>;
  /** Waits for a run in flight, then frees the native memory. Idempotent. */
  release(): Promise<void>;
}

/** onnxruntime-node, or whatever answers like it in a test. */
export interface Runtime {
  readonly version: string;
  /** Loads in this thread: `run` blocks the event loop. Rejects with the runtime's message when the model is bad. */
  loadInline(path: string, options: SessionOptions): Promise<Session>;
  /** Loads in a worker thread of its own. `onDeath` fires once if the worker ends without `release`. */
  loadInWorker(path: string, options: SessionOptions, onDeath: (reason: string) => void): Promise<Session>;
}

export interface ProbeRequest {
  readonly path: string;
  /** Feeds of the warm-up run; empty for a load alone. */
  readonly inputs: Tensors;
  readonly outputs: readonly string[];
  /** For loading and running; a few times that where the machine is too busy to do either. */
  readonly timeoutMs: number;
  readonly memoryBytes: number;
}

export type ProbeResult =
  | { readonly status: 'ok'; readonly loadMs: number; readonly runMs: number; readonly peakBytes: number }
  | { readonly status: 'load-failed' | 'run-failed'; readonly message: string }
  | { readonly status: 'timeout' | 'memory' | 'crashed'; readonly message: string };

/** Loads and runs a model once in a separate process with a time and memory limit. Never rejects for a bad model. */
export interface Prober {
  probe(request: ProbeRequest): Promise<ProbeResult>;
}

/** `json`: one object a line on stderr; `pretty`: short lines for people; `off`: nothing but warnings and errors. */
export type LogFormat = 'json' | 'pretty' | 'off';

export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** The log of a running service. Every line carries the fields of its `child`: model, version, digest. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  child(fields: LogFields): Log;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  readonly headersTimeoutMs: number;
  /** For receiving a request. */
  readonly requestTimeoutMs: number;
  /** Bodies that are received or worked on, together; past it requests are refused with 503. */
  readonly queueBytes: number;
  /** Most open at once; past it the one that has been idle longest is closed. */
  readonly connections: number;
  /** Undefined: plain HTTP. */
  readonly tls?: TlsCredentials | undefined;
}

export interface GrpcListenOptions extends ListenOptions {
  /** Largest message. */
  readonly bodyBytes: number;
}

/** An open port that answers. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  /** From now on every answer is the last of its connection, so that clients turn elsewhere; new connections are still taken. */
  drain(): void;
  /** For connections from now on. Throws where the credentials cannot be used, and keeps the old ones. */
  replaceTls(credentials: TlsCredentials): void;
  /** Stops accepting, finishes what is in flight, then closes. Connections still open after `timeoutMs` are cut. */
  close(timeoutMs: number): Promise<void>;
}

/** What the entry of an image does to the container around it, and to the stage of its build. */
export interface Inside {
  /** `linux/amd64`. */
  readonly platform: string;
  /** Of the files that are there, also where they cannot be loaded. */
  runtimeVersion(): Promise<string>;
  /** The status of a GET to a port of this machine, whatever its certificate says; undefined when nobody answers. */
  status(question: {
    readonly port: number;
    readonly isTls: boolean;
    readonly path: string;
  }): Promise<number | undefined>;
  /** One folder with what the layers below `folder` hold for the service; nothing is copied. */
  join(folder: string): Promise<string>;
  /** Carries requests on standard input to a port of this machine, and the answers to standard output, until the input ends. */
  ask(port: number): Promise<void>;
  /** Writes the compiled code of this program into the layer `folder`, with nothing of the time or user in its files. */
  compile(folder: string): Promise<void>;
}

export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: Files;
  readonly terminal: Terminal;
  readonly prompt: Prompt;
  readonly clock: Clock;
  readonly machine: Machine;
  /** Loaded on first use: the native library costs tens of milliseconds. Throws RUNTIME_UNSUPPORTED. */
  runtime(): Promise<Runtime>;
  readonly prober: Prober;
  readonly measurer: Measurer;
  /** CPUs this process may use: the cgroup limit where there is one. */
  cpus(): Promise<number>;
  /** Calls back on SIGTERM and SIGINT; returns the function that stops listening. */
  onSignal(listener: (signal: 'SIGTERM' | 'SIGINT') => void): () => void;
  readonly http: HttpClient;
  readonly grpc: GrpcCaller;
  /** Text of a file of the page that shows the API; undefined when the package has none of that name. */
  pageFile(name: string): Promise<string | undefined>;
  /** The JSON Schemas of what commands print: file name without its ending → text. */
  resultSchemas(): Promise<ReadonlyMap<string, string>>;
  /** Opens an HTTP port. Throws PORT_IN_USE. */
  listen(handler: Handler, options: ListenOptions): Promise<Listener>;
  /** Opens a gRPC port. Throws PORT_IN_USE. */
  listenGrpc(handler: GrpcHandler, options: GrpcListenOptions): Promise<Listener>;
  /** The log of the process; what it holds back is written when the process ends. */
  openLog(format: LogFormat, fields: LogFields): Promise<Log>;
  /**
   * Ends the process now, whatever a worker thread is doing: by SIGINT for code 130, by SIGKILL for others (which a shell reports
   * as 130 and 137). The last resort of `serve`.
   */
  terminate(code: number): void;
  /** The first thing that is thrown where nobody waits for it: a bug. From this call on it no longer ends the process, which is the caller's to do. */
  uncaught(): Promise<{ readonly thrown: unknown }>;
  /** Ends the process in the ordinary way, with what is to be done at its end, whatever still runs. */
  end(code: number): void;
  /** A commit by any name that git knows it by. Undefined where it knows none, `Io.cwd` is in no repository, or there is no git. */
  checkout(revision: string): Promise<Checkout | undefined>;
  /** Why a commit may be unknown here that exists, and what to do; undefined where nothing stands in the way. */
  checkoutTrouble(): Promise<string | undefined>;
  /** What loads a service. */
  load(): Promise<Load>;
  /** Container engine and registries. */
  imaging(): Promise<Imaging>;
  /** A cluster, through kubectl. Throws CLUSTER_UNREACHABLE when there is no kubectl, or the kubeconfig names no cluster. */
  cluster(options: ClusterOptions): Promise<Cluster>;
}

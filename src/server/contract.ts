/** Types of stage "what a request means": plain-data requests and responses, and the models a server answers for. No sockets. */
import type { Fingerprint } from '../model/fingerprint.ts';
import type { Signature } from '../model/signature.ts';
import type { FeatureCodec, OutputCodec } from '../service/codec.ts';
import type { GoldenExample } from '../service/golden.ts';
import type { ModelSpec } from '../service/spec.ts';
import type { Coding } from './content-coding.ts';
import type { Service } from './service.ts';

/** Request headers, names in lower case; repeated ones joined by node:http's rules. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** The other end of a connection. */
export interface Peer {
  /** IP address; undefined when it has gone. */
  readonly address: string | undefined;
  /** Of its TLS certificate: whether one was shown, and one that `tls.clientCa` vouches for. */
  readonly certificate: 'none' | 'trusted' | 'untrusted';
}

/** What is known before the body is read. */
export interface RequestHead {
  readonly method: string;
  /** Path and query as sent, not decoded. */
  readonly target: string;
  readonly headers: Headers;
  /** Undefined: this very process. */
  readonly peer?: Peer | undefined;
}

export interface Request extends RequestHead {
  /** Decompressed, whatever `content-encoding` says. Its memory may be given back once it is answered with 200. */
  readonly body: Uint8Array;
  /** Called as soon as nothing of `body` is needed any more, by whoever knows it before the answer. */
  readonly freeBody?: () => void;
  /** Without one, the request is asked again who it is from. */
  readonly admission?: Admission;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Bytes that follow `body`, not copied. */
  readonly blobs?: readonly Uint8Array[] | undefined;
  /** Never compressed: there are clients that say they accept it and expect it of predictions alone. */
  readonly isPlain?: boolean | undefined;
}

/** What is known of a request that is let in: how its body is to be read, and who sent it. */
export interface Admission {
  /** Of the body, compressed and decompressed. */
  readonly maxBytes: number;
  /** What to decompress it with, if with anything. */
  readonly coding?: Coding | undefined;
  /** Offset in the body where elements of tensors begin; it helps if that is a multiple of eight in memory. */
  readonly alignAt?: number | undefined;
  /** Of the API key that was shown, where one is asked for. */
  readonly keyName?: string | undefined;
}

export interface Handler {
  /** Decides on the head alone: a response ends the request unread (401, 404, 413, 415, 503, …), else how the body is to be read. */
  admit(head: RequestHead): Response | Admission;
  /** Answers a request whose body was read. Never rejects: a bug becomes a 500 without its details. */
  handle(request: Request): Promise<Response>;
  /** An answer of the transport's own (413 while streaming, 503 without room for the body, 408, 400 from the parser), with the usual identity headers. */
  refuse(head: RequestHead | undefined, status: number, message: string): Response;
  /** After this readiness is 503; requests are still served. */
  drain(): void;
}

/** A handler whose models can be replaced while it answers. */
export interface ReplaceableHandler extends Handler {
  /** From the next request on these models are served, each loaded under its key already. At least one, in the order of the spec. */
  replace(models: readonly ServedModel[]): void;
  /** For a port of metrics alone. Counts and drains with this one. */
  readonly metricsPort: Handler;
  /** What it answers for, for a handler of another protocol. */
  readonly service: Service;
}

/** What the admin calls may do to the models. Both reject with an error whose message may be shown to the caller. */
export interface ModelControl {
  /** Reads every version of a model again, checks it, loads it beside what serves, and puts it in its place. Nothing changes when that fails. */
  load(name: string): Promise<void>;
  /** Stops serving every version of a model, after what it was given is answered. */
  unload(name: string): Promise<void>;
}

/** One model as the server sees it: what it is, and the compiled ways in and out. */
export interface ServedModel {
  /** Under which the engine has it: no two loaded models share one, not even the same model loaded twice. */
  readonly key: string;
  readonly spec: ModelSpec;
  readonly fingerprint: Fingerprint;
  readonly signature: Signature;
  /** For the engine: whether its file tells that runs are short. Not known when absent. */
  readonly isQuick?: boolean;
  /** Undefined when the model speaks raw tensors only. */
  readonly features: FeatureCodec | undefined;
  readonly outputs: OutputCodec;
  /** The first of its golden examples, to show; absent when it has none. */
  readonly golden?: GoldenExample | undefined;
}

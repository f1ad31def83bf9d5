/** Types of stage "what a request means": plain-data requests and responses, and the models a server answers for. No sockets. */
import type { Fingerprint } from '../model/fingerprint.ts';
import type { Signature } from '../model/signature.ts';
import type { FeatureCodec, OutputCodec } from '../service/codec.ts';
import type { ModelSpec } from '../service/spec.ts';

/** Request headers, names in lower case; repeated ones joined by node:http's rules. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** What is known before the body is read. */
export interface RequestHead {
  readonly method: string;
  /** Path and query as sent, not decoded. */
  readonly target: string;
  readonly headers: Headers;
}

export interface Request extends RequestHead {
  readonly body: Uint8Array;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface Handler {
  /** Decides on the head alone: a response ends the request unread (404, 405, 413, 503), else the bytes of body to accept. */
  admit(head: RequestHead): Response | { readonly maxBytes: number };
  /** Answers a request whose body was read. Never rejects: a bug becomes a 500 without its details. */
  handle(request: Request): Promise<Response>;
  /** An answer of the transport's own (413 while streaming, 503 without room for the body, 408, 400 from the parser), with the usual identity headers. */
  refuse(head: RequestHead | undefined, status: number, message: string): Response;
  /** After this readiness is 503; requests are still served. */
  drain(): void;
}

/** One model as the server sees it: what it is, and the compiled ways in and out. */
export interface ServedModel {
  readonly spec: ModelSpec;
  readonly fingerprint: Fingerprint;
  readonly signature: Signature;
  /** Undefined when the model speaks raw tensors only. */
  readonly features: FeatureCodec | undefined;
  readonly outputs: OutputCodec;
}

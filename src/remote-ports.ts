/** The ports to other services: a question over HTTP or gRPC → its answer. Types only; part of `ports.ts`. */

export interface HttpQuestion {
  /** `http:` or `https:`. */
  readonly url: string;
  /** GET when absent. */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For everything, from the look-up of the name to the last byte. */
  readonly timeoutMs: number;
  /** PEM text of the authorities to trust instead of the usual ones. */
  readonly ca?: string | undefined;
  /** Ends it early, as SERVICE_UNREACHABLE. */
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** Asks other services. Redirects are answers like any other. Throws SERVICE_UNREACHABLE when none came. */
export interface HttpClient {
  send(question: HttpQuestion): Promise<HttpAnswer>;
}

export interface GrpcQuestion {
  /** `grpc://host:port`, or `grpcs:` for TLS. */
  readonly url: string;
  /** Service and method. */
  readonly path: string;
  /** As the call's definition describes it. */
  readonly message: object;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** PEM text of the authorities to trust instead of the usual ones. */
  readonly ca?: string | undefined;
  /** Ends it early, as SERVICE_UNREACHABLE. */
  readonly signal?: AbortSignal | undefined;
}

export interface GrpcAnswer {
  /** gRPC status. */
  readonly code: number;
  readonly details: string;
  /** Undefined with a status other than 0. */
  readonly message: object | undefined;
  /** Of the beginning and the end of the answer. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Asks other services over gRPC. Throws SERVICE_UNREACHABLE when no answer came. */
export interface GrpcCaller {
  ask(question: GrpcQuestion): Promise<GrpcAnswer>;
}

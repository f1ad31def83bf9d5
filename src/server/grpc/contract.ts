/** Types of gRPC as this stage sees it: calls with their message as bytes, replies as plain data. No sockets, no library. */
import type { Headers, Peer } from '../contract.ts';

/** Response metadata: which model answered, which request this was. */
export type Signature = Readonly<Record<string, string>>;

/** What is known of a call before its first message, and before it is let in. */
export interface GrpcHead {
  /** Service and method, as `RPCS` has them. */
  readonly path: string;
  /** Request metadata, names in lower case. */
  readonly headers: Headers;
  /** The client's, or a new one: the same for every message of a stream. */
  readonly requestId: string;
  readonly peer: Peer;
}

/** Undefined `denial`: it is let in. */
export interface GrpcAdmission {
  readonly denial: GrpcReply | undefined;
  /** Of the API key that was shown, where one is asked for. */
  readonly keyName: string | undefined;
}

/** A message to be answered. */
export interface GrpcCall extends GrpcHead {
  /** The message as it came, without its frame. */
  readonly bytes: Uint8Array;
  /** The same, decoded as the call's definition describes it. Throws a `Refusal` where the bytes make no sense. */
  readonly decode: () => unknown;
  /** A reply's message → its bytes, as the call's definition describes them. */
  readonly encode: (message: object) => Uint8Array;
  /** Aborted when the client has gone, has cancelled, or is past its deadline. */
  readonly signal: Pick<AbortSignal, 'aborted'>;
  /** Milliseconds until the deadline that the client has set; undefined when it has not. */
  readonly timeoutMs: number | undefined;
  /** Told as soon as it is known which model the message is about: whoever ends the call says so. */
  readonly sign: (signature: Signature) => void;
  /** Of the call's admission. */
  readonly keyName: string | undefined;
}

export interface GrpcReply {
  /** gRPC status; 0 when all went well. */
  readonly code: number;
  /** What is wrong, for the client. */
  readonly details: string;
  /** Encoded. Undefined with a status other than 0, but for streams, where it says the same. */
  readonly bytes: Uint8Array | undefined;
}

export type ServingStatus = 'SERVING' | 'NOT_SERVING';

export interface GrpcHandler {
  /** Decides on the head alone. A call that is denied is to be ended, and concluded, by the transport. */
  admit(head: GrpcHead): GrpcAdmission;
  /** Of a call that was let in. Never rejects: a bug becomes INTERNAL without its details. */
  answer(call: GrpcCall): Promise<GrpcReply>;
  /** Of a call that has not reached a model: the default model's. */
  signature(head: GrpcHead): Signature;
  /** Counts and logs a call that no `answer` ended: there is no such method, its message is too large, its deadline has passed, … */
  conclude(head: GrpcHead, code: number): void;
  /** Of a service as health checks name it; undefined for one that is not here. */
  servingStatus(service: string): ServingStatus | undefined;
}

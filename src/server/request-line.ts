/** An answered request → the fields of its log line. Nothing that was sent is in there but a method, and ids that were checked. */
import type { InferResult } from '../engine/engine.ts';
import type { LogFields } from '../ports.ts';

export interface AnsweredRequest {
  /** Checked, or made here. */
  readonly requestId: string;
  readonly method: string;
  /** Template of the path; empty where no route was found. */
  readonly route: string;
  readonly status: number;
  /** From the last byte of the request to the answer; undefined when it was refused before. */
  readonly ms: number | undefined;
  /** Of the run that answered it. */
  readonly ran: InferResult | undefined;
  /** Of the API key; undefined where none was asked for. */
  readonly keyName: string | undefined;
}

/** One literal for each kind of request: its lines have the same hidden class. */
export function requestLine({ requestId, method, route, status, ms = 0, ran, keyName }: AnsweredRequest): LogFields {
  const times =
    ran === undefined
      ? { ms: rounded(ms) }
      : { ms: rounded(ms), queueMs: rounded(ran.queueMs), inferMs: rounded(ran.inferMs), batchRows: ran.batchRows };
  const line = { requestId, method, route, status, ...times };
  return keyName === undefined ? line : { ...line, key: keyName };
}

/** Microseconds are enough. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

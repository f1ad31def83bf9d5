/** What became of the requests of one rate, one after the other in the order in which they were due. */

/** In place of a status. */
export const OUTCOME = {
  /** No connection, or one that broke. */
  broken: 0,
  /** No answer within the time limit. */
  timeout: 1,
  /** As many were under way as may be. */
  unsent: 2,
} as const;

/** Times in milliseconds. */
export interface Shots {
  /** From the start. */
  readonly due: Float64Array;
  /** HTTP status, or an `OUTCOME`. */
  readonly status: Uint16Array;
  /** From the time it was due to the last byte of the answer: what waits for a sender that is late is not forgotten. */
  readonly latency: Float64Array;
  /** From the time it was due until it was sent: what the sender itself has added. */
  readonly late: Float64Array;
}

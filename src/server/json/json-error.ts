/** The error of bytes that are not the JSON we accept. Names an offset, never the bytes found there. */

export type JsonFault = 'syntax' | 'depth' | 'duplicate-key' | 'encoding' | 'number-range';

export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly fault: JsonFault;
  /** Of the first byte that does not fit. */
  readonly offset: number;

  constructor(fault: JsonFault, offset: number, what: string) {
    super(`${what} at byte ${offset}`);
    this.fault = fault;
    this.offset = offset;
  }
}

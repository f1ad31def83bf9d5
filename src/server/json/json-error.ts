/** The error of bytes that are not the JSON we accept. Names an offset, never the bytes found there. */

export type JsonFault = 'syntax' | 'depth' | 'duplicate-key' | 'keys' | 'encoding' | 'number-range';

export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly fault: JsonFault;
  /** Of the first byte that does not fit; undefined where only the whole is known to be wrong. */
  readonly offset: number | undefined;

  constructor(fault: JsonFault, offset: number | undefined, what: string) {
    super(offset === undefined ? what : `${what} at byte ${offset}`);
    this.fault = fault;
    this.offset = offset;
  }
}

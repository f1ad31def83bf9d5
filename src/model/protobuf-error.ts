/** What can be wrong with protobuf bytes, and where it was noticed. */

/** `truncated`: the file ends too early. `malformed`: no protobuf writer makes this. The rest: limits of this reader. */
export type ProtobufFault = 'truncated' | 'malformed' | 'too-deep' | 'too-big';

/** Bytes that are not the protobuf message they should be. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
  readonly fault: ProtobufFault;
  /** Byte in the file where it was noticed. */
  readonly offset: number;

  constructor(fault: ProtobufFault, offset: number, message: string) {
    super(`${message} (at byte ${offset})`);
    this.fault = fault;
    this.offset = offset;
  }
}

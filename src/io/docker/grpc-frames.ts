/** Messages of gRPC ↔ the bytes of a stream: each behind its length (github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md). */

const PREFIX = 5;
/** What an engine asks for is a number; what it says of an error is short. */
const LARGEST = 1024 * 1024;

export function framed(message: Uint8Array): Uint8Array {
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Throws for what is compressed, which we never ask for, and for what is too large. */
export async function* messagesIn(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= PREFIX) {
      const length = rest.readUInt32BE(1);
      if (rest[0] !== 0 || length > LARGEST) throw new Error('the engine sends what is no message');
      if (rest.length < PREFIX + length) break;
      yield rest.subarray(PREFIX, PREFIX + length);
      rest = rest.subarray(PREFIX + length);
    }
  }
}

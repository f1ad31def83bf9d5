/** A list of an attribute, packed or field by field → how many elements it has, and the sha256 of their bytes (docs/identity.md). */
import { createHash } from 'node:crypto';
import { WIRE, type WireReader } from './protobuf.ts';

/** Fields of AttributeProto that hold lists. */
export const LIST = { floats: 7, ints: 8, strings: 9 } as const;

export type List = (typeof LIST)[keyof typeof LIST];

/** Bytes that are gathered before the hash is told: a forest of trees has millions of numbers in a field each. */
const ROOM = 64 * 1024;
const WIDEST = 8;

/** The reader stands at the start of the attribute. No more than a piece of the list is in memory. */
export function listDigest(reader: WireReader, list: List): readonly [number, string] {
  const hash = new GatheringHash();
  let count = 0;
  reader.fields((field) => {
    if (field === list) count += ADD[list](reader, hash);
  });
  return [count, hash.hex()];
}

/** By list: adds the current field, and says how many elements it held. */
const ADD: Readonly<Record<List, (reader: WireReader, hash: GatheringHash) => number>> = {
  [LIST.floats]: (reader, hash) => {
    if (reader.wire !== WIRE.bytes) {
      reader.fixed(4, (bytes) => hash.bytes(bytes));
      return 1;
    }
    const length = reader.pieces((bytes) => hash.bytes(bytes));
    if (length % 4 !== 0) throw reader.fail(`numbers of 4 bytes in ${length} bytes`);
    return length / 4;
  },
  [LIST.ints]: (reader, hash) => {
    let count = 0;
    reader.int64s((value) => {
      hash.int64(value);
      count++;
    });
    return count;
  },
  [LIST.strings]: (reader, hash) => {
    reader.pieces(
      (bytes) => hash.bytes(bytes),
      (length) => hash.int64(BigInt(length)),
    );
    return 1;
  },
};

class GatheringHash {
  readonly #hash = createHash('sha256');
  readonly #room = new Uint8Array(ROOM);
  readonly #view = new DataView(this.#room.buffer);
  #filled = 0;

  /** Little-endian. */
  int64(value: bigint): void {
    if (this.#filled + WIDEST > ROOM) this.#flush();
    this.#view.setBigInt64(this.#filled, value, true);
    this.#filled += WIDEST;
  }

  bytes(bytes: Uint8Array): void {
    if (this.#filled + bytes.length > ROOM) this.#flush();
    if (bytes.length > ROOM) {
      this.#hash.update(bytes);
      return;
    }
    this.#room.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }

  hex(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#room.subarray(0, this.#filled));
    this.#filled = 0;
  }
}

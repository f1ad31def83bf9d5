/** What an engine and its client say when files are compared (protobuf `fsutil.types.Packet` of github.com/tonistiigi/fsutil) ↔ bytes. */
import { memorySource } from '../model/memory-source.ts';
import { WireReader } from '../model/protobuf.ts';
import type { DatedFile } from './layer-archives.ts';

const TYPES = ['stat', 'request', 'data', 'end', 'error'] as const;

export interface Packet {
  readonly type: (typeof TYPES)[number] | undefined;
  /** Of a file: its place in the list. */
  readonly id: number;
  /** Of an error, for people. */
  readonly text: string;
}

/** Ends the list of files. */
export const NO_MORE_FILES: Uint8Array = new Uint8Array(0);
/** Said by both when all is done. */
export const END: Uint8Array = numberField(1, TYPES.indexOf('end'));

/** Throws a ProtobufError for bytes that are no packet. */
export function readPacket(bytes: Uint8Array): Packet {
  const reader = new WireReader(memorySource(bytes));
  const found = { type: 0, id: 0, text: '' };
  reader.fields((field) => {
    if (field === 1) found.type = reader.int32();
    else if (field === 3) found.id = reader.int32();
    else if (field === 4) found.text = reader.string();
  });
  return { ...found, type: TYPES[found.type] };
}

/** A plain file of root, mode 0644. */
export function filePacket({ path, bytes, modified }: Pick<DatedFile, 'path' | 'bytes' | 'modified'>): Uint8Array {
  const stat = Buffer.concat([
    bytesField(1, Buffer.from(path)),
    numberField(2, 0o644),
    numberField(5, bytes),
    numberField(6, modified),
  ]);
  return bytesField(2, stat);
}

/** Part of a file; an empty one ends it. */
export function dataPacket(id: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([numberField(1, TYPES.indexOf('data')), numberField(3, id), bytesField(4, bytes)]);
}

export function errorPacket(text: string): Uint8Array {
  return Buffer.concat([numberField(1, TYPES.indexOf('error')), bytesField(4, Buffer.from(text))]);
}

/** Nothing for zero and for no bytes, as proto3 has it. */
function numberField(field: number, value: number | bigint): Buffer {
  return BigInt(value) === 0n ? Buffer.alloc(0) : Buffer.concat([varint(field * 8), varint(value)]);
}

function bytesField(field: number, bytes: Uint8Array): Buffer {
  return bytes.length === 0 ? Buffer.alloc(0) : Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

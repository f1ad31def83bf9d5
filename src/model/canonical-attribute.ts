/** An attribute → its canonical value: the same however the file packs, types or stores it. */
import { integer, type Json, sha256Hex, typeName } from './canonical-text.ts';
import { type PayloadSource, payload } from './payload.ts';
import { WireReader } from './protobuf.ts';
import { type AttributeValue, readAttribute } from './read-attribute.ts';
import type { AttributeRecord, GraphRecord, TensorRecord } from './structure.ts';

/** What a graph in an attribute is written as. */
export type GraphValue = (graph: GraphRecord) => Json;

type Writer = (
  attribute: AttributeRecord,
  value: AttributeValue,
  from: PayloadSource,
  graph: GraphValue,
) => readonly Json[];

/** By AttributeProto.AttributeType; sparse tensors are kept with the dense ones in the record. */
const WRITERS: ReadonlyMap<number, Writer> = new Map<number, Writer>([
  [1, (_, { f }) => ['float', hexFloat(f ?? 0)]],
  [2, (_, { i }) => ['int', String(i ?? 0n)]],
  [3, (_, { s }) => ['string', Buffer.from(s ?? []).toString('hex')]],
  [4, ({ tensors }, _, from) => ['tensor', ...tensors.map((each) => tensorValue(each, from))]],
  [5, ({ graphs }, _v, _f, graph) => ['graph', ...graphs.map(graph)]],
  [6, (_, { floats }) => ['floats', floats.length, sha256Hex(floatBytes(floats))]],
  [7, (_, { ints }) => ['ints', ints.length, sha256Hex(intBytes(ints))]],
  [8, (_, { strings }) => ['strings', strings.length, sha256Hex(stringBytes(strings))]],
  [9, ({ tensors }, _, from) => ['tensors', ...tensors.map((each) => tensorValue(each, from))]],
  [10, ({ graphs }, _v, _f, graph) => ['graphs', ...graphs.map(graph)]],
  [11, ({ tensors }, _, from) => ['sparse-tensor', ...tensors.map((each) => tensorValue(each, from))]],
  [12, ({ tensors }, _, from) => ['sparse-tensors', ...tensors.map((each) => tensorValue(each, from))]],
  [13, (attribute, _, from) => ['type', ...typeMessages(attribute, from)]],
  [14, (attribute, _, from) => ['types', ...typeMessages(attribute, from)]],
]);

/** `[name, kind, value…]`. Reads the file; large lists and tensors are represented by their sha256. */
export function canonicalAttribute(attribute: AttributeRecord, from: PayloadSource, graph: GraphValue): Json {
  if (attribute.refName !== undefined) return [attribute.name, 'reference', attribute.refName];
  const value = readAttribute(attribute, from.model);
  const writer = WRITERS.get(attribute.type || impliedType(attribute, value));
  return [attribute.name, ...(writer?.(attribute, value, from, graph) ?? ['unknown', attribute.type])];
}

/** Files of IR version 1 leave the type out: it follows from the field that is there. */
function impliedType({ tensors, graphs }: AttributeRecord, value: AttributeValue): number {
  if (value.f !== undefined) return 1;
  if (value.i !== undefined) return 2;
  if (value.s !== undefined) return 3;
  if (value.floats.length > 0) return 6;
  if (value.ints.length > 0) return 7;
  if (value.strings.length > 0) return 8;
  if (tensors.length > 0) return tensors.length === 1 ? 4 : 9;
  return graphs.length === 1 ? 5 : 10;
}

function tensorValue({ dataType, dims, sparseParts, ...rest }: TensorRecord, from: PayloadSource): Json {
  const shape = dims.map(integer);
  if (sparseParts !== undefined) {
    return ['sparse', shape, tensorValue(sparseParts.values, from), tensorValue(sparseParts.indices, from)];
  }
  const bytes = payload({ dataType, dims, sparseParts, ...rest }, from);
  return [typeName(dataType), shape, sha256Hex(bytes)];
}

function hexFloat(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes.toString('hex');
}

function* floatBytes(values: readonly number[]): Iterable<Uint8Array> {
  yield new Uint8Array(Float32Array.from(values).buffer);
}

function* intBytes(values: readonly bigint[]): Iterable<Uint8Array> {
  yield new Uint8Array(BigInt64Array.from(values).buffer);
}

function* stringBytes(values: readonly Uint8Array[]): Iterable<Uint8Array> {
  for (const value of values) {
    yield new Uint8Array(BigInt64Array.of(BigInt(value.length)).buffer);
    yield value;
  }
}

/** sha256 of each TypeProto as stored. */
function typeMessages(attribute: AttributeRecord, from: PayloadSource): readonly Json[] {
  const hashes: string[] = [];
  const reader = new WireReader(from.model, attribute.range);
  reader.fields((field) => {
    if (field === 14 || field === 15) hashes.push(sha256Hex([reader.bytes()]));
  });
  return hashes;
}

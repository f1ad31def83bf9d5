/** An attribute → its canonical value: the same however the file packs, types or stores it. */

import { integer, type Json, sha256Hex, typeName } from './canonical-text.ts';
import { countNumbers } from './count-numbers.ts';
import { LIST, type List, listDigest } from './list-digest.ts';
import { type PayloadSource, payload } from './payload.ts';
import { WireReader } from './protobuf.ts';
import type { AttributeRecord, GraphRecord, TensorRecord } from './structure.ts';

/** What a graph in an attribute is written as. */
type GraphValue = (graph: GraphRecord) => Json;

type Writer = (
  attribute: AttributeRecord,
  from: PayloadSource,
  graph: GraphValue,
  value: ScalarValue,
) => readonly Json[];

/** By AttributeProto.AttributeType; sparse tensors are kept with the dense ones in the record. */
const WRITERS: ReadonlyMap<number, Writer> = new Map<number, Writer>([
  [1, (_a, _f, _g, { f }) => ['float', hexFloat(f ?? 0)]],
  [2, (_a, _f, _g, { i }) => ['int', String(i ?? 0n)]],
  [3, (_a, _f, _g, { s }) => ['string', Buffer.from(s ?? []).toString('hex')]],
  [4, ({ tensors }, from) => ['tensor', ...tensors.map((each) => tensorValue(each, from))]],
  [5, ({ graphs }, _, graph) => ['graph', ...graphs.map(graph)]],
  [6, (attribute, from) => ['floats', ...listValue(attribute, LIST.floats, from)]],
  [7, (attribute, from) => ['ints', ...listValue(attribute, LIST.ints, from)]],
  [8, (attribute, from) => ['strings', ...listValue(attribute, LIST.strings, from)]],
  [9, ({ tensors }, from) => ['tensors', ...tensors.map((each) => tensorValue(each, from))]],
  [10, ({ graphs }, _, graph) => ['graphs', ...graphs.map(graph)]],
  [11, ({ tensors }, from) => ['sparse-tensor', ...tensors.map((each) => tensorValue(each, from))]],
  [12, ({ tensors }, from) => ['sparse-tensors', ...tensors.map((each) => tensorValue(each, from))]],
  [13, (attribute, from) => ['type', ...typeMessages(attribute, from)]],
  [14, (attribute, from) => ['types', ...typeMessages(attribute, from)]],
]);

/** `[name, kind, value…]`. Reads the file; large lists and tensors are represented by their sha256. */
export function canonicalAttribute(attribute: AttributeRecord, from: PayloadSource, graph: GraphValue): Json {
  if (attribute.refName !== undefined) return [attribute.name, 'reference', attribute.refName];
  const value = SCALARS.has(attribute.type) ? scalarValue(attribute, from) : NOTHING;
  const writer = WRITERS.get(attribute.type || impliedType(attribute, value));
  return [attribute.name, ...(writer?.(attribute, from, graph, value) ?? ['unknown', attribute.type])];
}

interface ScalarValue {
  readonly f: number | undefined;
  readonly i: bigint | undefined;
  readonly s: Uint8Array | undefined;
  /** Numbers of the lists that are not empty. */
  readonly lists: ReadonlySet<number>;
}

function scalarValue(attribute: AttributeRecord, from: PayloadSource): ScalarValue {
  const reader = new WireReader(from.model, attribute.range);
  let f: number | undefined;
  let i: bigint | undefined;
  let s: Uint8Array | undefined;
  const lists = new Set<number>();
  reader.fields((field) => {
    if (field === 2) f = reader.float32();
    else if (field === 3) i = reader.int64();
    else if (field === 4) s = reader.bytes();
    else if (LISTS.has(field) && countOf(field, reader) > 0) lists.add(field);
  });
  return { f, i, s, lists };
}

/** Types whose value is in a field of its own, and none: then the fields tell. A list is not read once more to find that it has no such. */
const SCALARS: ReadonlySet<number> = new Set([0, 1, 2, 3]);
const NOTHING: ScalarValue = { f: undefined, i: undefined, s: undefined, lists: new Set() };

const LISTS: ReadonlySet<number> = new Set(Object.values(LIST));

/** Elements in the current field of a list, which is stepped over. */
function countOf(list: number, reader: WireReader): number {
  if (list !== LIST.strings) return countNumbers(reader, list === LIST.floats ? 4 : 'varint');
  reader.range();
  return 1;
}

/** Files of IR version 1 leave the type out: it follows from the field that is there. */
function impliedType({ tensors, graphs }: AttributeRecord, { f, i, s, lists }: ScalarValue): number {
  if (f !== undefined) return 1;
  if (i !== undefined) return 2;
  if (s !== undefined) return 3;
  if (lists.has(LIST.floats)) return 6;
  if (lists.has(LIST.ints)) return 7;
  if (lists.has(LIST.strings)) return 8;
  if (tensors.length > 0) return tensors.length === 1 ? 4 : 9;
  return graphs.length === 1 ? 5 : 10;
}

function listValue({ range }: AttributeRecord, list: List, { model }: PayloadSource): readonly [number, string] {
  return listDigest(new WireReader(model, range), list);
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

/** sha256 of each TypeProto as stored. */
function typeMessages(attribute: AttributeRecord, from: PayloadSource): readonly Json[] {
  const hashes: string[] = [];
  const reader = new WireReader(from.model, attribute.range);
  reader.fields((field) => {
    if (field === 14 || field === 15) hashes.push(sha256Hex([reader.bytes()]));
  });
  return hashes;
}

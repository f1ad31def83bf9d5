/** TensorProto and SparseTensorProto (onnx/onnx.proto) → `TensorRecord`; payloads stay in the file. */
import { countNumbers } from './count-numbers.ts';
import type { WireReader } from './protobuf.ts';
import { once } from './read-value.ts';
import type { ByteRange, ExternalData, TensorRecord } from './structure.ts';

/** Element width on the wire of the typed fields, by field number. */
const TYPED_FIELDS: ReadonlyMap<number, 4 | 8 | 'varint'> = new Map<number, 4 | 8 | 'varint'>([
  [4, 4],
  [5, 'varint'],
  [7, 'varint'],
  [10, 8],
  [11, 'varint'],
]);
const STRING_DATA = 6;
const EXTERNAL = 1;

/** Reads the TensorProto of the current field. */
export function readTensor(reader: WireReader): TensorRecord {
  let name = '';
  let dataType = 0;
  let location = 0;
  let raw: ByteRange | undefined;
  const dims: bigint[] = [];
  const typed = new Map<number, number>();
  const entries: (readonly [string, string])[] = [];
  reader.charge(200);
  const range = reader.message(() => {
    reader.fields((field) => {
      const width = TYPED_FIELDS.get(field);
      if (width !== undefined) typed.set(field, (typed.get(field) ?? 0) + countNumbers(reader, width));
      else if (field === 1) reader.int64s((dim) => keep(reader, dims, dim));
      else if (field === 2) dataType = reader.int32();
      else if (field === STRING_DATA) {
        reader.range();
        typed.set(field, (typed.get(field) ?? 0) + 1);
      } else if (field === 8) name = reader.string();
      else if (field === 9) raw = once(reader, raw, () => reader.range());
      else if (field === 13) entries.push(readEntry(reader));
      else if (field === 14) location = reader.int32();
    });
  });
  const external = location === EXTERNAL ? externalData(entries) : undefined;
  return { name, dataType, dims, range, raw, typed, external, sparse: false, sparseParts: undefined };
}

/** Reads the SparseTensorProto of the current field: the record of its values, with the dense dims. */
export function readSparseTensor(reader: WireReader): TensorRecord {
  let values: TensorRecord | undefined;
  let indices: TensorRecord | undefined;
  const dims: bigint[] = [];
  reader.message(() => {
    reader.fields((field) => {
      if (field === 1) values = once(reader, values, readTensor);
      else if (field === 2) indices = once(reader, indices, readTensor);
      else if (field === 3) reader.int64s((dim) => keep(reader, dims, dim));
    });
  });
  if (values === undefined) throw reader.fail('a sparse tensor without values');
  if (indices === undefined) throw reader.fail('a sparse tensor without indices');
  return { ...values, dims, sparse: true, sparseParts: { values, indices } };
}

/** Reads the StringStringEntryProto of the current field. */
export function readEntry(reader: WireReader): readonly [key: string, value: string] {
  let key = '';
  let value = '';
  reader.charge(64);
  reader.message(() => {
    reader.fields((field) => {
      if (field === 1) key = reader.string();
      else if (field === 2) value = reader.string();
    });
  });
  return [key, value];
}

function keep(reader: WireReader, dims: bigint[], dim: bigint): void {
  reader.charge(32);
  dims.push(dim);
}

/** onnx docs/ExternalData.md: the keys, all of them text. */
function externalData(entries: readonly (readonly [string, string])[]): ExternalData {
  const values = new Map<string, string>();
  const invalid: string[] = [];
  for (const [key, value] of entries) {
    if (values.has(key)) invalid.push(`${key} given twice`);
    values.set(key, value);
  }
  const integer = (key: string): bigint | undefined => {
    const text = values.get(key);
    if (text === undefined) return undefined;
    if (/^\d{1,19}$/.test(text)) return BigInt(text);
    invalid.push(`${key}=${text}`);
    return undefined;
  };
  const known = ['location', 'offset', 'length', 'checksum', 'basepath'];
  return {
    location: values.get('location') ?? '',
    offset: integer('offset'),
    length: integer('length'),
    invalid,
    unknownKeys: [...values.keys()].filter((key) => !known.includes(key)),
  };
}

/** A `TensorRecord` × where its bytes may lie → its elements as row-major little-endian bytes, in chunks. */
import { MlserveError } from '../errors.ts';
import { plural } from '../plural.ts';
import { ELEMENT_TYPES, elementTypeFromOnnx } from './element-type.ts';
import { chunksOf, fixedNumbers, integers, text } from './field-bytes.ts';
import { WireReader } from './protobuf.ts';
import type { ByteSource, TensorRecord } from './structure.ts';
import { elementTotal, STRING_DATA, tensorBytes } from './tensor-size.ts';

/** Opens a data file by the location that the model records. */
type OpenExternal = (location: string) => ByteSource;

export interface PayloadSource {
  /** The model file. */
  readonly model: ByteSource;
  readonly external: OpenExternal;
}

const INT32_DATA = 5;
/** int32_data, int64_data, uint64_data. */
const VARINT_FIELDS: readonly number[] = [INT32_DATA, 7, 11];
/** float_data, double_data. */
const FIXED_FIELDS: readonly number[] = [4, 10];

/**
 * The same bytes however the tensor is stored: `raw_data`, typed fields or external data. Strings are each preceded by their length
 * in bytes, a 64-bit little-endian integer. A chunk is valid until the next one is taken. Throws MODEL_INVALID when
 * fewer or more bytes are stored than the dimensions announce.
 */
export function* payload(tensor: TensorRecord, from: PayloadSource): Iterable<Uint8Array> {
  const { expected, isText } = expectation(tensor, from.model);
  let given = 0;
  for (const chunk of storedBytes(tensor, from, expected)) {
    given += chunk.length;
    yield chunk;
  }
  if (!isText && given !== expected)
    throw misfit(tensor, `holds ${plural(given, 'byte')}, its dimensions need ${expected}`);
}

/** Bytes that `payload` gives. */
export function payloadBytes(tensor: TensorRecord, model: ByteSource): number {
  const { expected, isText } = expectation(tensor, model);
  return isText ? expected + 8 * (tensor.typed.get(STRING_DATA) ?? 0) : expected;
}

function expectation(tensor: TensorRecord, model: ByteSource): { expected: number; isText: boolean } {
  const expected = tensorBytes(tensor, model);
  if (expected === undefined)
    throw misfit(tensor, `has type ${tensor.dataType} and dimensions [${tensor.dims.join(', ')}]`);
  return { expected, isText: elementTypeFromOnnx(tensor.dataType) === 'string' };
}

function storedBytes(tensor: TensorRecord, from: PayloadSource, expected: number): Iterable<Uint8Array> {
  const { external, raw } = tensor;
  if (external !== undefined) {
    const start = Number(external.offset ?? 0n);
    return chunksOf(from.external(external.location), { start, end: start + expected });
  }
  if (raw !== undefined && raw.end > raw.start) return chunksOf(from.model, raw);
  return typedBytes(tensor, from.model);
}

function* typedBytes(tensor: TensorRecord, model: ByteSource): Iterable<Uint8Array> {
  const reader = new WireReader(model, tensor.range);
  const width = entryWidth(tensor);
  while (reader.position < reader.limit) {
    const field = reader.tag();
    if (VARINT_FIELDS.includes(field)) yield* integers(reader, width);
    else if (FIXED_FIELDS.includes(field)) yield* fixedNumbers(reader, model);
    else if (field === STRING_DATA) yield* text(reader, model);
    else reader.skip();
  }
}

/** Bytes that one varint of a typed field stands for (onnx.proto, TensorProto.int32_data). */
function entryWidth(tensor: TensorRecord): number {
  const type = elementTypeFromOnnx(tensor.dataType);
  const bits = (type === undefined ? undefined : ELEMENT_TYPES[type].bits) ?? 8;
  if (bits >= 8) return Math.min(8, bits / 8);
  // Writers of sub-byte types fill either one byte of an entry or all four.
  const entries = tensor.typed.get(INT32_DATA) ?? 0;
  return entries === Math.ceil(((elementTotal(tensor.dims) ?? 0) * bits) / 8) ? 1 : 4;
}

function misfit(tensor: TensorRecord, what: string): MlserveError {
  const place = tensor.external === undefined ? '' : ` in ${tensor.external.location}`;
  return new MlserveError('MODEL_INVALID', `tensor "${tensor.name}"${place} ${what}`, {
    hint: 'run "mlserve validate" for all findings',
  });
}

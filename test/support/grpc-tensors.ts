/** Tensors ↔ messages of gRPC, as a client writes and reads them. */
import { protocolName, type ServableType } from '../../src/model/element-type.ts';
import { decodeFloat16 } from '../../src/model/float16.ts';
import type { NumericData, Tensor, Tensors } from '../../src/model/tensor.ts';
import type { AnsweredTensor } from './cases.ts';

const FIELDS: { readonly [T in ServableType]?: string } = {
  bool: 'bool_contents',
  ...{ int8: 'int_contents', int16: 'int_contents', int32: 'int_contents', int64: 'int64_contents' },
  ...{ uint8: 'uint_contents', uint16: 'uint_contents', uint32: 'uint_contents', uint64: 'uint64_contents' },
  ...{ float32: 'fp32_contents', float64: 'fp64_contents', string: 'bytes_contents' },
};

/** Undefined where an input has no typed contents: float16. */
export function inferMessage(model: string, tensors: Tensors, form: 'raw' | 'typed'): object | undefined {
  const list = [...tensors];
  if (form === 'typed' && list.some(([, { type }]) => FIELDS[type] === undefined)) return undefined;
  const inputs = list.map(([name, tensor]) => ({
    ...{ name, datatype: protocolName(tensor.type), shape: tensor.dims },
    ...(form === 'typed' && { contents: { [FIELDS[tensor.type] ?? '']: elements(tensor) } }),
  }));
  return {
    model_name: model,
    inputs,
    raw_input_contents: form === 'raw' ? list.map(([, tensor]) => rawOf(tensor)) : [],
  };
}

function elements({ type, data }: Tensor): unknown[] {
  if (Array.isArray(data)) return data.map((text) => Buffer.from(text));
  const values = Array.from(data as ArrayLike<number | bigint>);
  if (type === 'bool') return values.map((value) => value === 1);
  return values.map((value) => (typeof value === 'bigint' ? value.toString() : value));
}

function rawOf({ data }: Tensor): Buffer {
  if (!Array.isArray(data)) {
    const { buffer, byteOffset, byteLength } = data as NumericData;
    return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
  }
  return Buffer.concat(
    data.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** The outputs of a `ModelInferResponse` in the form of a V2 answer in JSON: null for what is not finite. */
export function answeredTensors(message: Record<string, unknown> | undefined): AnsweredTensor[] {
  const { outputs, raw_output_contents: raw } = message as {
    readonly outputs: readonly Omit<AnsweredTensor, 'data'>[];
    readonly raw_output_contents: readonly Buffer[];
  };
  return outputs.map(({ name, datatype, shape }, at) => {
    return { name, datatype, shape, data: cells(datatype, raw[at] ?? Buffer.alloc(0)) };
  });
}

type Read = (bytes: Buffer, at: number) => unknown;
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const READS: Readonly<Record<string, readonly [number, Read]>> = {
  BOOL: [1, (bytes, at) => bytes[at] === 1],
  INT8: [1, (bytes, at) => bytes.readInt8(at)],
  INT16: [2, (bytes, at) => bytes.readInt16LE(at)],
  INT32: [4, (bytes, at) => bytes.readInt32LE(at)],
  INT64: [8, (bytes, at) => bytes.readBigInt64LE(at).toString()],
  UINT8: [1, (bytes, at) => bytes.readUInt8(at)],
  UINT16: [2, (bytes, at) => bytes.readUInt16LE(at)],
  UINT32: [4, (bytes, at) => bytes.readUInt32LE(at)],
  UINT64: [8, (bytes, at) => bytes.readBigUInt64LE(at).toString()],
  FP16: [2, (bytes, at) => finite(decodeFloat16(bytes.readUInt16LE(at)))],
  FP32: [4, (bytes, at) => finite(bytes.readFloatLE(at))],
  FP64: [8, (bytes, at) => finite(bytes.readDoubleLE(at))],
};

function cells(datatype: string, bytes: Buffer): unknown[] {
  const found: unknown[] = [];
  const [width, read] = READS[datatype] ?? [0, () => undefined];
  for (let at = 0; at < bytes.length; ) {
    const length = datatype === 'BYTES' ? bytes.readUInt32LE(at) : width;
    if (datatype === 'BYTES') at += 4;
    found.push(datatype === 'BYTES' ? bytes.toString('utf8', at, at + length) : read(bytes, at));
    at += length;
  }
  return found;
}

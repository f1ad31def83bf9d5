/** Plain descriptions → ONNX protobuf bytes: a tiny writer for models that no exporter makes. Field numbers: onnx/onnx.proto. */

export type Bytes = Uint8Array;

export function varint(value: bigint | number): Bytes {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Uint8Array.of(...bytes, Number(rest));
}

const join = (...parts: readonly Bytes[]): Bytes => new Uint8Array(Buffer.concat(parts));

/** A length-delimited field. */
export function field(number: number, content: Bytes | string): Bytes {
  const bytes = typeof content === 'string' ? new Uint8Array(Buffer.from(content)) : content;
  return join(varint(number * 8 + 2), varint(bytes.length), bytes);
}

/** A varint field. */
export function int(number: number, value: bigint | number): Bytes {
  return join(varint(number * 8), varint(value));
}

/** A 4-byte field. */
export function float(number: number, value: number): Bytes {
  return join(varint(number * 8 + 5), floats([value]));
}

export const message = (...fields: readonly Bytes[]): Bytes => join(...fields);
export const floats = (values: readonly number[]): Bytes => new Uint8Array(Float32Array.from(values).buffer);
export const int64s = (values: readonly bigint[]): Bytes => new Uint8Array(BigInt64Array.from(values).buffer);
export const packed = (number: number, values: readonly (bigint | number)[]): Bytes =>
  field(number, join(...values.map(varint)));

export interface TensorText {
  readonly name?: string;
  readonly type: number;
  readonly dims: readonly (bigint | number)[];
  readonly fields: readonly Bytes[];
}

export function tensor({ name, type, dims, fields }: TensorText): Bytes {
  return message(packed(1, dims), int(2, type), ...fields, ...(name === undefined ? [] : [field(8, name)]));
}

/** float32 as `raw_data`. */
export const rawFloats = (name: string, dims: readonly number[], values: readonly number[]): Bytes =>
  tensor({ name, type: 1, dims, fields: [field(9, floats(values))] });

/** float32 as `float_data`. */
export const typedFloats = (name: string, dims: readonly number[], values: readonly number[]): Bytes =>
  tensor({ name, type: 1, dims, fields: [field(4, floats(values))] });

export interface ExternalPlace {
  readonly location: string;
  readonly offset?: number;
  readonly length?: number;
}

/** A tensor whose bytes lie in another file. */
export function externalTensor(name: string, type: number, dims: readonly number[], place: ExternalPlace): Bytes {
  const entries = Object.entries(place).map(([key, value]) =>
    field(13, message(field(1, key), field(2, String(value)))),
  );
  return tensor({ name, type, dims, fields: [...entries, int(14, 1)] });
}

/** A value of a dense tensor type; strings among dims are symbolic, undefined leaves the shape out. */
export function value(name: string, type: number, dims?: readonly (number | string)[]): Bytes {
  const shape = dims?.map((dim) => field(1, typeof dim === 'number' ? int(1, dim) : field(2, dim)));
  const tensorType = message(int(1, type), ...(shape === undefined ? [] : [field(2, message(...shape))]));
  return message(field(1, name), field(2, field(1, tensorType)));
}

export interface NodeText {
  readonly op: string;
  readonly domain?: string;
  readonly name?: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly attributes?: readonly Bytes[];
}

export function node({ op, domain, name, inputs = [], outputs = [], attributes = [] }: NodeText): Bytes {
  return message(
    ...inputs.map((input) => field(1, input)),
    ...outputs.map((output) => field(2, output)),
    ...(name === undefined ? [] : [field(3, name)]),
    field(4, op),
    ...attributes.map((each) => field(5, each)),
    ...(domain === undefined ? [] : [field(7, domain)]),
  );
}

/** An attribute: its name, its type number, and the fields that hold its value. */
export const attribute = (name: string, type: number, ...fields: readonly Bytes[]): Bytes =>
  message(field(1, name), ...fields, int(20, type));

export interface GraphText {
  readonly nodes?: readonly Bytes[];
  readonly initializers?: readonly Bytes[];
  readonly inputs?: readonly Bytes[];
  readonly outputs?: readonly Bytes[];
}

export function graph({ nodes = [], initializers = [], inputs = [], outputs = [] }: GraphText): Bytes {
  return message(
    ...nodes.map((each) => field(1, each)),
    field(2, 'graph'),
    ...initializers.map((each) => field(5, each)),
    ...inputs.map((each) => field(11, each)),
    ...outputs.map((each) => field(12, each)),
  );
}

/** A model of IR 8 and operator set 17 (and ai.onnx.ml 3) around a graph. */
export function model(body: Bytes, ...more: readonly Bytes[]): Bytes {
  const opset = (domain: string, version: number) => field(8, message(field(1, domain), int(2, version)));
  return message(int(1, 8), field(7, body), opset('', 17), opset('ai.onnx.ml', 3), ...more);
}

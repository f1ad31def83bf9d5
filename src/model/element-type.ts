/**
 * The one table of tensor element types: ONNX enum number ↔ our name (onnxruntime's) ↔ protocol name ↔ bytes ↔ typed array.
 * Numbers are those of TensorProto.DataType (onnx/onnx.proto); protocol names those of the Open Inference Protocol.
 */

interface ElementTypeRow {
  readonly onnx: number;
  /** Open Inference Protocol datatype; null where the protocol, or onnxruntime-node, has none. */
  readonly protocol: string | null;
  /** Bits of one element; null for strings. Sub-byte types are packed. */
  readonly bits: number | null;
}

export const ELEMENT_TYPES = {
  float32: { onnx: 1, protocol: 'FP32', bits: 32 },
  uint8: { onnx: 2, protocol: 'UINT8', bits: 8 },
  int8: { onnx: 3, protocol: 'INT8', bits: 8 },
  uint16: { onnx: 4, protocol: 'UINT16', bits: 16 },
  int16: { onnx: 5, protocol: 'INT16', bits: 16 },
  int32: { onnx: 6, protocol: 'INT32', bits: 32 },
  int64: { onnx: 7, protocol: 'INT64', bits: 64 },
  string: { onnx: 8, protocol: 'BYTES', bits: null },
  bool: { onnx: 9, protocol: 'BOOL', bits: 8 },
  float16: { onnx: 10, protocol: 'FP16', bits: 16 },
  float64: { onnx: 11, protocol: 'FP64', bits: 64 },
  uint32: { onnx: 12, protocol: 'UINT32', bits: 32 },
  uint64: { onnx: 13, protocol: 'UINT64', bits: 64 },
  complex64: { onnx: 14, protocol: null, bits: 64 },
  complex128: { onnx: 15, protocol: null, bits: 128 },
  bfloat16: { onnx: 16, protocol: null, bits: 16 },
  float8e4m3fn: { onnx: 17, protocol: null, bits: 8 },
  float8e4m3fnuz: { onnx: 18, protocol: null, bits: 8 },
  float8e5m2: { onnx: 19, protocol: null, bits: 8 },
  float8e5m2fnuz: { onnx: 20, protocol: null, bits: 8 },
  uint4: { onnx: 21, protocol: null, bits: 4 },
  int4: { onnx: 22, protocol: null, bits: 4 },
  float4e2m1: { onnx: 23, protocol: null, bits: 4 },
  float8e8m0: { onnx: 24, protocol: null, bits: 8 },
  uint2: { onnx: 25, protocol: null, bits: 2 },
  int2: { onnx: 26, protocol: null, bits: 2 },
} as const satisfies Record<string, ElementTypeRow>;

/** Any element type ONNX knows, by onnxruntime's name. */
export type ElementType = keyof typeof ELEMENT_TYPES;

/** The element types onnxruntime-node carries across its boundary, so the ones a service can speak. */
export type ServableType = {
  [K in ElementType]: (typeof ELEMENT_TYPES)[K]['protocol'] extends string ? K : never;
}[ElementType];

const byOnnx = new Map<number, ElementType>();
const byProtocol = new Map<string, ServableType>();
for (const name of Object.keys(ELEMENT_TYPES) as ElementType[]) {
  const { onnx, protocol } = ELEMENT_TYPES[name];
  byOnnx.set(onnx, name);
  if (protocol !== null) byProtocol.set(protocol, name as ServableType);
}

/** The type with this TensorProto.DataType number; undefined for 0 (UNDEFINED) and numbers not yet assigned. */
export function elementTypeFromOnnx(onnx: number): ElementType | undefined {
  return byOnnx.get(onnx);
}

/** The type with this Open Inference Protocol name (`FP32`, `BYTES`, …). */
export function elementTypeFromProtocol(datatype: string): ServableType | undefined {
  return byProtocol.get(datatype);
}

export function isServable(type: ElementType): type is ServableType {
  return ELEMENT_TYPES[type].protocol !== null;
}

/** The Open Inference Protocol name of a servable type. */
export function protocolName(type: ServableType): string {
  return ELEMENT_TYPES[type].protocol;
}

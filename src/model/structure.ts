/**
 * The parsed ONNX file, payloads left where they are: what the reader returns and rules, digests and `inspect` work on.
 * Memory is proportional to the number of nodes and tensors, never to the bytes of the weights.
 */
import type { Signature, ValueSpec } from './signature.ts';

/** Random access to the bytes of one file. Reads past the end return fewer bytes. */
export interface ByteSource {
  readonly size: number;
  /** Bytes `[offset, offset + length)`; the view is valid until the next call. */
  read(offset: number, length: number): Uint8Array;
}

/** Bytes `[start, end)` of the model file. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ExternalData {
  readonly location: string;
  /** Undefined where the file does not say; `invalid` text is kept for the rule that reports it. */
  readonly offset: bigint | undefined;
  readonly length: bigint | undefined;
  readonly invalid: readonly string[];
  /** Keys that the ONNX specification does not define. */
  readonly unknownKeys: readonly string[];
}

export interface TensorRecord {
  readonly name: string;
  /** TensorProto.DataType number as stored; may be one this version does not know. */
  readonly dataType: number;
  readonly dims: readonly bigint[];
  /** The whole TensorProto message, from which digests read the payload. */
  readonly range: ByteRange;
  /** Where `raw_data` lies; undefined when the tensor uses typed fields or external data. */
  readonly raw: ByteRange | undefined;
  /** Elements found in typed fields (`float_data`, `int32_data`, …), by field number. */
  readonly typed: ReadonlyMap<number, number>;
  readonly external: ExternalData | undefined;
  /** True for a sparse initializer (its values tensor is recorded; dims are the dense dims). */
  readonly sparse: boolean;
  /** The two tensors that a sparse one is stored as. */
  readonly sparseParts: { readonly values: TensorRecord; readonly indices: TensorRecord } | undefined;
}

/** AttributeProto.AttributeType numbers; 0 where the file left the type out. */
export interface AttributeRecord {
  readonly name: string;
  readonly type: number;
  /** The whole AttributeProto message; `attributeOf` decodes it on demand. */
  readonly range: ByteRange;
  readonly tensors: readonly TensorRecord[];
  readonly graphs: readonly GraphRecord[];
  /** Set inside functions: the value is the caller's attribute of this name. */
  readonly refName: string | undefined;
}

export interface NodeRecord {
  readonly name: string;
  readonly opType: string;
  /** `''` is written as `ai.onnx`'s alias in files; both are stored here as `''`. */
  readonly domain: string;
  /** Which overload of a local function is called; `''` for operators. */
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly AttributeRecord[];
  readonly range: ByteRange;
}

export interface GraphRecord {
  readonly name: string;
  readonly nodes: readonly NodeRecord[];
  readonly initializers: readonly TensorRecord[];
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  readonly docString: string;
}

export interface FunctionRecord {
  readonly name: string;
  readonly domain: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Names of attributes without a default. */
  readonly attributes: readonly string[];
  readonly attributeDefaults: readonly AttributeRecord[];
  readonly nodes: readonly NodeRecord[];
  readonly opsetImports: readonly OpsetImport[];
}

export interface OpsetImport {
  readonly domain: string;
  readonly version: bigint;
}

export interface ModelStructure {
  readonly bytes: number;
  readonly irVersion: bigint;
  readonly opsetImports: readonly OpsetImport[];
  readonly producerName: string;
  readonly producerVersion: string;
  readonly domain: string;
  readonly modelVersion: bigint;
  readonly docString: string;
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
  readonly graph: GraphRecord;
  readonly functions: readonly FunctionRecord[];
  readonly hasTrainingInfo: boolean;
  readonly signature: Signature;
}

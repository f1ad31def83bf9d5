/**
 * Bytes of a `ModelInferRequest` → its parts, the tensors' data left where they are. Read by hand: a general decoder makes an object of every
 * element before anybody can object, which takes gigabytes for 16 MB of request (docs/decisions/0004). Field numbers: schema/grpc/inference.proto.
 */
import { memorySource } from '../../model/memory-source.ts';
import { WireReader } from '../../model/protobuf.ts';
import { ProtobufError } from '../../model/protobuf-error.ts';
import type { ByteRange } from '../../model/structure.ts';
import { Refusal } from '../refusal.ts';
import {
  classesIn,
  type RequestParameters,
  readParameter,
  takeInputParameter,
  takeRequestParameter,
} from './parameters.ts';

export interface InferInput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  /** Where its typed contents lie in the message: several pieces, if a writer made it so, are one list. */
  readonly contents: readonly ByteRange[];
}

export interface InferOutput {
  readonly name: string;
  /** So many of the largest values instead of the tensor. */
  readonly classes: number | undefined;
}

export interface InferMessage extends Readonly<RequestParameters> {
  readonly bytes: Uint8Array;
  readonly modelName: string;
  /** Empty: not said. */
  readonly modelVersion: string;
  /** Empty: none. */
  readonly id: string;
  readonly inputs: readonly InferInput[];
  /** None: all. */
  readonly outputs: readonly InferOutput[];
  readonly raw: readonly Uint8Array[];
}

/** More than any model has: what lies beyond would only take memory. */
const MOST_TENSORS = 10_000;
/** More than any operator of the runtime takes. */
const MOST_DIMS = 32;

/** The model that a message names, as far as it was read. */
export interface AddressedModel {
  modelName: string;
  modelVersion: string;
}

/** Throws the 400 that says where the bytes stop making sense; `addressed` is then filled in with what stands before. */
export function readInferMessage(bytes: Uint8Array, addressed: AddressedModel): InferMessage {
  try {
    return read(bytes, addressed);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw new Refusal(400, `The message is not a valid ModelInferRequest: ${error.message}.`);
  }
}

function read(bytes: Uint8Array, addressed: AddressedModel): InferMessage {
  const reader = new WireReader(memorySource(bytes), { start: 0, end: bytes.length }, 'message');
  const parameters: RequestParameters = { timeoutMs: undefined, isFinalWanted: false };
  const inputs: InferInput[] = [];
  const outputs: InferOutput[] = [];
  const raw: Uint8Array[] = [];
  let id = '';
  let found = 0;
  reader.fields((field) => {
    if (field === 1) addressed.modelName = reader.string();
    else if (field === 2) addressed.modelVersion = reader.string();
    else if (field === 3) id = reader.string();
    else if (field === 4) takeRequestParameter(readParameter(reader, found++), parameters);
    else if (field === 5) add(inputs, readInput(reader), 'inputs');
    else if (field === 6) add(outputs, readOutput(reader), 'outputs');
    else if (field === 7) {
      const { start, end } = reader.range();
      add(raw, bytes.subarray(start, end), 'raw_input_contents');
    }
  });
  return { ...parameters, ...addressed, bytes, id, inputs, outputs, raw };
}

function readInput(reader: WireReader): InferInput {
  const shape: number[] = [];
  const contents: ByteRange[] = [];
  let name = '';
  let datatype = '';
  let found = 0;
  reader.message(() => {
    reader.fields((field) => {
      if (field === 1) name = reader.string();
      else if (field === 2) datatype = reader.string();
      else if (field === 3) reader.int64s((dim) => addDimension(shape, dim));
      else if (field === 4) takeInputParameter(readParameter(reader, found++));
      else if (field === 5) add(contents, reader.range(), 'contents');
    });
  });
  return { name, datatype, shape, contents };
}

function readOutput(reader: WireReader): InferOutput {
  let name = '';
  let classes: number | undefined;
  let found = 0;
  reader.message(() => {
    reader.fields((field) => {
      if (field === 1) name = reader.string();
      else if (field === 2) classes = classesIn(readParameter(reader, found++)) ?? classes;
    });
  });
  return { name, classes };
}

function addDimension(shape: number[], dim: bigint): void {
  if (dim < 0n) throw new Refusal(400, `Unable to parse 'shape': dimension ${dim} is negative`);
  if (shape.push(Number(dim)) > MOST_DIMS) {
    throw new Refusal(400, `Unable to parse 'shape': it has more than ${MOST_DIMS} dimensions`);
  }
}

function add<T>(list: T[], item: T, field: string): void {
  if (list.push(item) <= MOST_TENSORS) return;
  throw new Refusal(400, `Unable to parse '${field}': there are more than ${MOST_TENSORS}`);
}

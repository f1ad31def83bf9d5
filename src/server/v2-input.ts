/** One element of a V2 request's `inputs` at the cursor (and its blob) → a named tensor that fits the model. Its members may come in any order. */
import { elementCount, type Tensor } from '../model/tensor.ts';
import type { Blobs } from './binary/blobs.ts';
import { readBinary } from './binary/read-binary.ts';
import { fitInput } from './fit-input.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  type JsonReader,
  type Mark,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json/json-reader.ts';
import { keySet } from './json/key-set.ts';
import { readNested } from './json/read-nested.ts';
import { readScalar, skipValue } from './json/read-value.ts';
import { SeenMembers } from './json/seen-keys.ts';
import { TensorSink } from './json/tensor-sink.ts';
import type { ModelEntry, TensorPlan } from './model-entry.ts';
import { Refusal } from './refusal.ts';
import { readInputParameters } from './v2-parameters.ts';

const KEYS = keySet(['name', 'shape', 'datatype', 'parameters', 'data']);
const [NAME, SHAPE, DATATYPE, PARAMETERS, DATA] = [0, 1, 2, 3, 4];

interface Members {
  name: string | undefined;
  shape: readonly number[] | undefined;
  datatype: string | undefined;
  /** Where `data` begins, if it came before the members that say how to read it. */
  dataAt: Mark | undefined;
  /** Bytes of its blob, if it has one. */
  blobSize: number | undefined;
  tensor: Tensor | undefined;
}

export interface InputReading {
  readonly reader: JsonReader;
  readonly entry: ModelEntry;
  readonly blobs: Blobs;
}

/** `guess`: the model's input that most likely comes. */
export function readInput({ reader, entry, blobs }: InputReading, guess: number): { name: string; tensor: Tensor } {
  if (reader.peek() !== OPEN_BRACE) throw new Refusal(400, `Unable to parse 'inputs': an element is not an object`);
  const members: Members = {
    name: undefined,
    shape: undefined,
    datatype: undefined,
    dataAt: undefined,
    blobSize: undefined,
    tensor: undefined,
  };
  const seen = new SeenMembers();
  let next = NAME as number;
  reader.open(OPEN_BRACE);
  for (let first = true; reader.more(first, CLOSE_BRACE); first = false) {
    const key = reader.keyIn(KEYS, next);
    seen.add(reader, key);
    // Most clients send name, shape, datatype, and then data or parameters.
    next = key === DATATYPE && blobs.isEmpty ? (DATA as number) : typeof key === 'number' ? key + 1 : next;
    if (key === NAME) members.name = readName(reader);
    else if (key === SHAPE) members.shape = readShape(reader);
    else if (key === DATATYPE) members.datatype = readDatatype(reader);
    else if (key === PARAMETERS) members.blobSize = readInputParameters(reader);
    else if (key === DATA) meetData(reader, entry, members, guess);
    else skipValue(reader);
  }
  const { name, shape, dataAt, blobSize } = members;
  if (dataAt !== undefined && members.tensor === undefined) {
    const after = reader.mark();
    reader.back(dataAt);
    members.tensor = readData(reader, shape ?? [], fitInput(entry, members, guess));
    reader.back(after);
  }
  const hasData = members.tensor !== undefined;
  if (name === undefined || shape === undefined || hasData === (blobSize !== undefined)) {
    const { name: known } = fitInput(entry, members, guess);
    const sources = "the array 'data' or the parameter 'binary_data_size'";
    throw new Refusal(400, `input '${known}' must have exactly one source of data: ${sources}`);
  }
  if (members.tensor !== undefined) return { name, tensor: members.tensor };
  const plan = fitInput(entry, members, guess);
  const bytes = blobs.take(blobSize ?? 0, plan.name);
  return {
    name,
    tensor: { type: plan.type, dims: shape, data: readBinary(plan, elementCount(shape), bytes, entry.identity.name) },
  };
}

function meetData(reader: JsonReader, entry: ModelEntry, members: Members, guess: number): void {
  if (reader.take('null')) return;
  const { name, shape, datatype } = members;
  if (name !== undefined && shape !== undefined && datatype !== undefined) {
    members.tensor = readData(reader, shape, fitInput(entry, members, guess));
    return;
  }
  members.dataAt = reader.mark();
  skipValue(reader, true);
}

const TOO_SHORT = "Failed to parse 'data' field: shape does not match true shape";
const TOO_LONG = "Unable to parse 'data': Shape does not match true shape of 'data' field";

/** The array at the cursor, flat or nested as `shape` says. */
function readData(reader: JsonReader, shape: readonly number[], plan: TensorPlan): Tensor {
  const { name, type } = plan;
  const count = elementCount(shape);
  if (reader.peek() !== OPEN_BRACKET)
    throw new Refusal(400, `Unable to parse 'data' of input '${name}': it is not an array`);
  // Each element takes at least a byte and a comma: room is not made for what cannot be there.
  if (count > reader.bytes.length - reader.pos) throw new Refusal(400, TOO_SHORT);
  const sink = new TensorSink(type, count, true);
  const misfit = (at: number): Refusal =>
    new Refusal(400, `Unable to parse 'data' of input '${name}': element ${at} is not ${sink.expected}`);
  const before = reader.mark();
  reader.open(OPEN_BRACKET);
  const isNested = shape.length > 1 && reader.peek() === OPEN_BRACKET;
  if (isNested) {
    reader.back(before);
    const onProblem = (rule: string): void => {
      throw rule === 'type' ? misfit(sink.length - 1) : new Refusal(400, TOO_LONG);
    };
    readNested({ reader, sink, dims: [...shape], path: [], onProblem }, 0);
  } else {
    for (let first = true; reader.more(first, CLOSE_BRACKET); first = false) {
      if (sink.length === count) throw new Refusal(400, TOO_LONG);
      if (!sink.push(reader)) throw misfit(sink.length - 1);
      sink.pushRun(reader, count - sink.length);
    }
    if (sink.length < count) throw new Refusal(400, TOO_SHORT);
  }
  return { type, dims: shape, data: sink.take() };
}

function readName(reader: JsonReader): string {
  if (reader.peek() !== QUOTE) throw new Refusal(400, `Unable to parse 'inputs': an element has no 'name' string`);
  return reader.string();
}

function readDatatype(reader: JsonReader): string {
  if (reader.peek() !== QUOTE) throw new Refusal(400, `Unable to parse 'datatype': it is not a string`);
  return reader.string();
}

/** More than any operator of the runtime takes. */
const MOST_DIMS = 32;

function readShape(reader: JsonReader): readonly number[] {
  if (reader.peek() !== OPEN_BRACKET) throw new Refusal(400, `Unable to parse 'shape': it is not an array`);
  const shape: number[] = [];
  reader.open(OPEN_BRACKET);
  for (let first = true; reader.more(first, CLOSE_BRACKET); first = false) {
    const dim = readScalar(reader);
    if ((typeof dim === 'number' || typeof dim === 'bigint') && dim > Number.MAX_SAFE_INTEGER) {
      throw new Refusal(
        400,
        `Unable to parse 'shape': it causes total element count to exceed maximum size of ${Number.MAX_SAFE_INTEGER}`,
      );
    }
    if (typeof dim !== 'number' || dim < 0 || !Number.isInteger(dim)) {
      throw new Refusal(
        400,
        `Unable to parse 'shape': attempt to access JSON non-unsigned-integer as unsigned-integer`,
      );
    }
    if (shape.push(dim) > MOST_DIMS)
      throw new Refusal(400, `Unable to parse 'shape': it has more than ${MOST_DIMS} dimensions`);
  }
  return shape;
}

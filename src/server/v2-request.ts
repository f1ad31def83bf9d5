/** The body of a V2 inference request → named tensors for a model, every name, type, shape and element checked, and the outputs as the client wants them. */
import type { Tensor, Tensors } from '../model/tensor.ts';
import { Blobs } from './binary/blobs.ts';
import { splitBody } from './binary/header-length.ts';
import { readRawInput } from './binary/raw-request.ts';
import { addInput, checkAllThere, rowsOf } from './fit-request.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, JsonReader, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json/json-reader.ts';
import { keySet } from './json/key-set.ts';
import { skipValue } from './json/read-value.ts';
import { SeenMembers } from './json/seen-keys.ts';
import type { ModelEntry } from './model-entry.ts';
import { Refusal } from './refusal.ts';
import type { BodyLimits } from './run-model.ts';
import { type InputReading, readInput } from './v2-input.ts';
import { allOutputs, BINARY_FORM, JSON_FORM, type Outputs, readOutputs } from './v2-output.ts';
import { type RequestParameters, readRequestParameters } from './v2-parameters.ts';

export interface V2Request extends Outputs {
  /** Undefined when none, or an empty one, was sent. */
  readonly id: string | undefined;
  readonly inputs: Tensors;
  readonly rows: number;
  /** Milliseconds the client lets the request wait for its run; undefined when it does not say. */
  readonly timeoutMs: number | undefined;
}

const KEYS = keySet(['id', 'inputs', 'outputs', 'parameters']);
const [ID, INPUTS, OUTPUTS, PARAMETERS] = [0, 1, 2, 3];

/**
 * `headerLength`: what the header of that name says, if it is there. Throws the 400 with the protocol's text; `JsonError` where the bytes are no
 * JSON.
 */
export function readV2Request(
  body: Uint8Array,
  headerLength: string | undefined,
  entry: ModelEntry,
  limits: BodyLimits,
): V2Request {
  const { json, binary } = splitBody(body, headerLength);
  if (json !== undefined) return readParts(json, new Blobs(binary, entry.identity.name), entry, limits);
  const { name, tensor } = readRawInput(binary, entry);
  const inputs = new Map([[name, tensor]]);
  const rows = rowsOf(entry, inputs, limits.rowsPerRequest);
  return { id: undefined, inputs, ...allOutputs(entry, BINARY_FORM), rows, timeoutMs: undefined };
}

function readParts(json: Uint8Array, blobs: Blobs, entry: ModelEntry, limits: BodyLimits): V2Request {
  const reader = new JsonReader(json, limits.jsonDepth);
  const seen = new SeenMembers();
  let id: string | undefined;
  let inputs: Map<string, Tensor> | undefined;
  let outputs: Outputs | undefined;
  let parameters: RequestParameters | undefined;
  let guess = ID;
  reader.open(OPEN_BRACE);
  for (let first = true; reader.more(first, CLOSE_BRACE); first = false) {
    const key = reader.keyIn(KEYS, guess as number);
    seen.add(reader, key);
    guess = typeof key === 'number' ? key + 1 : guess;
    if (key === ID) id = readId(reader);
    else if (key === INPUTS) inputs = readInputs({ reader, entry, blobs });
    else if (key === OUTPUTS) outputs = readOutputs(reader, entry);
    else if (key === PARAMETERS) parameters = readRequestParameters(reader);
    else skipValue(reader);
  }
  reader.end();
  blobs.end();
  if (inputs === undefined) throw new Refusal(400, `Unable to parse 'inputs': the request has no array of inputs`);
  checkAllThere(entry, inputs);
  const wanted = outputs ?? allOutputs(entry, parameters?.binaryOutput === true ? BINARY_FORM : JSON_FORM);
  const rows = rowsOf(entry, inputs, limits.rowsPerRequest);
  return { id, inputs, ...wanted, rows, timeoutMs: parameters?.timeoutMs };
}

function readId(reader: JsonReader): string | undefined {
  if (reader.peek() !== QUOTE) throw new Refusal(400, `Unable to parse 'id': it is not a string`);
  const id = reader.string();
  return id === '' ? undefined : id;
}

function readInputs(reading: InputReading): Map<string, Tensor> {
  const { reader } = reading;
  if (reader.peek() !== OPEN_BRACKET) throw new Refusal(400, `Unable to parse 'inputs': it is not an array`);
  const inputs = new Map<string, Tensor>();
  reader.open(OPEN_BRACKET);
  for (let first = true; reader.more(first, CLOSE_BRACKET); first = false) {
    const { name, tensor } = readInput(reading, inputs.size);
    addInput(inputs, name, tensor);
  }
  return inputs;
}

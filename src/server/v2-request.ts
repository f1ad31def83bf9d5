/** The JSON body of a V2 inference request → named tensors for a model, every name, type, shape and element checked (A.6 of the protocol notes). */
import type { Tensor, Tensors } from '../model/tensor.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, JsonReader, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json/json-reader.ts';
import { keySet } from './json/key-set.ts';
import { skipValue } from './json/read-value.ts';
import { SeenKeys } from './json/seen-keys.ts';
import type { ModelEntry } from './model-entry.ts';
import { Refusal, shortName } from './refusal.ts';
import type { BodyLimits } from './run-model.ts';
import { readInput } from './v2-input.ts';
import { passParameters } from './v2-parameters.ts';

export interface V2Request {
  /** Undefined when none, or an empty one, was sent. */
  readonly id: string | undefined;
  readonly inputs: Tensors;
  /** Outputs in the order asked for; all of the model's when none were. */
  readonly outputs: readonly string[];
  readonly rows: number;
}

const KEYS = keySet(['id', 'inputs', 'outputs', 'parameters']);
const [ID, INPUTS, OUTPUTS, PARAMETERS] = [0, 1, 2, 3];

/** Throws the 400 with the protocol's text; `JsonError` where the bytes are no JSON. */
export function readV2Request(body: Uint8Array, entry: ModelEntry, limits: BodyLimits): V2Request {
  const reader = new JsonReader(body, limits.jsonDepth);
  const seen = new SeenKeys();
  let id: string | undefined;
  let inputs: Map<string, Tensor> | undefined;
  let outputs: readonly string[] | undefined;
  let guess = ID;
  reader.open(OPEN_BRACE);
  for (let first = true; reader.more(first, CLOSE_BRACE); first = false) {
    const key = reader.keyIn(KEYS, guess as number);
    const name = typeof key === 'string' ? key : (KEYS.names[key] as string);
    seen.add(reader, name);
    guess = typeof key === 'number' ? key + 1 : guess;
    if (key === ID) id = readId(reader);
    else if (key === INPUTS) inputs = readInputs(reader, entry);
    else if (key === OUTPUTS) outputs = readOutputs(reader, entry);
    else if (key === PARAMETERS) passParameters(reader, 'the request');
    else skipValue(reader);
  }
  reader.end();
  if (inputs === undefined) throw new Refusal(400, `Unable to parse 'inputs': the request has no array of inputs`);
  checkAllThere(entry, inputs);
  return { id, inputs, outputs: outputs ?? [...entry.outputNames], rows: rowsOf(entry, inputs, limits.rowsPerRequest) };
}

function readId(reader: JsonReader): string | undefined {
  if (reader.peek() !== QUOTE) throw new Refusal(400, `Unable to parse 'id': it is not a string`);
  const id = reader.string();
  return id === '' ? undefined : id;
}

function readInputs(reader: JsonReader, entry: ModelEntry): Map<string, Tensor> {
  if (reader.peek() !== OPEN_BRACKET) throw new Refusal(400, `Unable to parse 'inputs': it is not an array`);
  const inputs = new Map<string, Tensor>();
  reader.open(OPEN_BRACKET);
  for (let first = true; reader.more(first, CLOSE_BRACKET); first = false) {
    const { name, tensor } = readInput(reader, entry, inputs.size);
    if (inputs.has(name)) throw new Refusal(400, `input '${shortName(name)}' already exists in request`);
    inputs.set(name, tensor);
  }
  return inputs;
}

const OUTPUT_KEYS = keySet(['name', 'parameters']);

function readOutputs(reader: JsonReader, entry: ModelEntry): readonly string[] | undefined {
  if (reader.peek() !== OPEN_BRACKET) throw new Refusal(400, `Unable to parse 'outputs': it is not an array`);
  const names: string[] = [];
  reader.open(OPEN_BRACKET);
  for (let first = true; reader.more(first, CLOSE_BRACKET); first = false) {
    const name = readOutput(reader);
    const text = shortName(name);
    if (!entry.outputNames.has(name)) {
      throw new Refusal(400, `unexpected inference output '${text}' for model '${entry.identity.name}'`);
    }
    if (names.includes(name)) throw new Refusal(400, `output '${text}' already exists in request`);
    names.push(name);
  }
  return names.length === 0 ? undefined : names;
}

function readOutput(reader: JsonReader): string {
  if (reader.peek() !== OPEN_BRACE) throw new Refusal(400, `Unable to parse 'outputs': an element is not an object`);
  const seen = new SeenKeys();
  let name: string | undefined;
  reader.open(OPEN_BRACE);
  for (let first = true; reader.more(first, CLOSE_BRACE); first = false) {
    const key = reader.keyIn(OUTPUT_KEYS, 0);
    const text = typeof key === 'string' ? key : (OUTPUT_KEYS.names[key] as string);
    seen.add(reader, text);
    if (key === 0 && reader.peek() === QUOTE) name = reader.string();
    else if (key === 1) passParameters(reader, 'an output');
    else skipValue(reader);
  }
  if (name === undefined) throw new Refusal(400, `Unable to parse 'outputs': an element has no 'name' string`);
  return name;
}

function checkAllThere(entry: ModelEntry, inputs: Tensors): void {
  const missing = entry.inputs.filter(({ name }) => !inputs.has(name));
  if (missing.length === 0) return;
  const list = (names: Iterable<string>): string => `[${[...names].map((name) => `'${name}'`).join(',')}]`;
  const [wanted, got] = [entry.inputs.length, inputs.size];
  throw new Refusal(
    400,
    `expected ${wanted} inputs but got ${got} inputs for model '${entry.identity.name}'. Got input(s) ${list(inputs.keys())}, ` +
      `but missing required input(s) ${list(missing.map(({ name }) => name))}. Please provide all required input(s).`,
  );
}

/** Rows in the batch dimension, the same in every input; 1 for a model that has none. */
function rowsOf(entry: ModelEntry, inputs: Tensors, most: number): number {
  if (entry.batch === undefined) return 1;
  let rows: number | undefined;
  for (const [name, { dims }] of inputs) {
    const own = dims[0] ?? 1;
    rows ??= own;
    if (own !== rows) {
      const model = entry.identity.name;
      throw new Refusal(400, `input '${name}' batch size does not match other inputs for '${model}'`);
    }
  }
  if (rows !== undefined && rows > most) {
    throw new Refusal(400, `inference request batch-size must be <= ${most} for '${entry.identity.name}'`);
  }
  return rows ?? 1;
}

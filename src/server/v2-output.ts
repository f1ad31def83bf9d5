/** The `outputs` of a V2 request at the cursor → which outputs of the model, in which order and form. */
import { addOutput, type OutputList } from './fit-request.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, type JsonReader, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json/json-reader.ts';
import { keySet } from './json/key-set.ts';
import { skipValue } from './json/read-value.ts';
import { SeenMembers } from './json/seen-keys.ts';
import type { ModelEntry } from './model-entry.ts';
import { Refusal } from './refusal.ts';
import { readOutputParameters } from './v2-parameters.ts';

/** How one output is answered. */
export interface OutputForm {
  /** As bytes after the JSON. */
  readonly binary: boolean;
  /** So many of the largest values as text, instead of the tensor. */
  readonly classes: number | undefined;
}

export interface Outputs {
  /** In the order asked for; all of the model's when none were. */
  readonly outputs: readonly string[];
  /** One for each of `outputs`. */
  readonly forms: readonly OutputForm[];
}

export const JSON_FORM: OutputForm = { binary: false, classes: undefined };
export const BINARY_FORM: OutputForm = { binary: true, classes: undefined };

export function allOutputs({ outputNames }: ModelEntry, form: OutputForm): Outputs {
  const outputs = [...outputNames];
  return { outputs, forms: outputs.map(() => form) };
}

const OUTPUT_KEYS = keySet(['name', 'parameters']);

/** Undefined for an empty list, which stands for all outputs. */
export function readOutputs(reader: JsonReader, entry: ModelEntry): Outputs | undefined {
  if (reader.peek() !== OPEN_BRACKET) throw new Refusal(400, `Unable to parse 'outputs': it is not an array`);
  const list: OutputList = { outputs: [], forms: [] };
  reader.open(OPEN_BRACKET);
  for (let first = true; reader.more(first, CLOSE_BRACKET); first = false) {
    const { name, form } = readOutput(reader);
    addOutput(list, name, form, entry);
  }
  return list.outputs.length === 0 ? undefined : list;
}

/** An output in the list is JSON unless it says otherwise itself, whatever the request's `binary_data_output`: so clients expect it. */
function readOutput(reader: JsonReader): { name: string; form: OutputForm } {
  if (reader.peek() !== OPEN_BRACE) throw new Refusal(400, `Unable to parse 'outputs': an element is not an object`);
  const seen = new SeenMembers();
  let name: string | undefined;
  let form = JSON_FORM;
  reader.open(OPEN_BRACE);
  for (let first = true; reader.more(first, CLOSE_BRACE); first = false) {
    const key = reader.keyIn(OUTPUT_KEYS, 0);
    seen.add(reader, key);
    if (key === 0 && reader.peek() === QUOTE) name = reader.string();
    else if (key === 1) {
      const { binary = false, classes } = readOutputParameters(reader);
      form = { binary, classes };
    } else skipValue(reader);
  }
  if (name === undefined) throw new Refusal(400, `Unable to parse 'outputs': an element has no 'name' string`);
  return { name, form };
}

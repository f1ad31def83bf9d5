/** Inputs and outputs of a V2 request, one by one and together → whether they are what the model takes and gives; a 400 where they are not. */
import type { Tensor, Tensors } from '../model/tensor.ts';
import { refuseUnordered } from './classify.ts';
import type { ModelEntry } from './model-entry.ts';
import { Refusal, shortName } from './refusal.ts';
import type { OutputForm } from './v2-output.ts';

/** Outputs as they are read: `Outputs` in the making. */
export interface OutputList {
  readonly outputs: string[];
  readonly forms: OutputForm[];
}

/** Throws the 400 for an input that came before. */
export function addInput(inputs: Map<string, Tensor>, name: string, tensor: Tensor): void {
  if (inputs.has(name)) throw new Refusal(400, `input '${shortName(name)}' already exists in request`);
  inputs.set(name, tensor);
}

/** Throws the 400 for an output that the model has not, that came before, or that cannot be classified as it should be. */
export function addOutput(list: OutputList, name: string, form: OutputForm, entry: ModelEntry): void {
  const text = shortName(name);
  const plan = entry.outputs.find((output) => output.name === name);
  if (plan === undefined) {
    throw new Refusal(400, `unexpected inference output '${text}' for model '${entry.identity.name}'`);
  }
  if (list.outputs.includes(name)) throw new Refusal(400, `output '${text}' already exists in request`);
  if (form.classes !== undefined) refuseUnordered(plan.type);
  list.outputs.push(name);
  list.forms.push(form);
}

/** Throws the 400 that names the inputs of the model that are missing. */
export function checkAllThere(entry: ModelEntry, inputs: Tensors): void {
  // Each name came once and is one of the model's.
  if (inputs.size === entry.inputs.length) return;
  const missing = entry.inputs.filter(({ name }) => !inputs.has(name));
  const list = (names: Iterable<string>): string => `[${[...names].map((name) => `'${name}'`).join(',')}]`;
  const [wanted, got] = [entry.inputs.length, inputs.size];
  throw new Refusal(
    400,
    `expected ${wanted} inputs but got ${got} inputs for model '${entry.identity.name}'. Got input(s) ${list(inputs.keys())}, ` +
      `but missing required input(s) ${list(missing.map(({ name }) => name))}. Please provide all required input(s).`,
  );
}

/** Rows in the batch dimension, the same in every input; 1 for a model that has none. */
export function rowsOf(entry: ModelEntry, inputs: Tensors, most: number): number {
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

/** Name, datatype and shape of a V2 input → the model's input they fit; a 400 with the protocol's text where they do not. */
import { dimsText, type ModelEntry, type TensorPlan } from './model-entry.ts';
import { Refusal, shortName } from './refusal.ts';

export interface InputClaim {
  readonly name: string | undefined;
  readonly shape: readonly number[] | undefined;
  readonly datatype: string | undefined;
}

/** The largest dimension onnxruntime-node takes: an unsigned 32-bit number. */
const LARGEST_DIM = 2 ** 32 - 1;

/** `guess`: index of the model's input that most likely is meant. */
export function fitInput(entry: ModelEntry, { name, shape, datatype }: InputClaim, guess: number): TensorPlan {
  const model = entry.identity.name;
  if (name === undefined) throw new Refusal(400, `Unable to parse 'inputs': an element has no 'name' string`);
  const text = shortName(name);
  const guessed = entry.inputs[guess];
  const plan = guessed?.name === name ? guessed : entry.inputs[entry.inputKeys.indexOf.get(name) ?? -1];
  if (plan === undefined) {
    const hint = entry.defaulted.has(name)
      ? '. The runtime always uses the default that the model holds; leave it out.'
      : '';
    throw new Refusal(400, `unexpected inference input '${text}' for model '${model}'${hint}`);
  }
  if (datatype === undefined) throw new Refusal(400, `Unable to parse input '${text}': it has no 'datatype' string`);
  if (shape === undefined) throw new Refusal(400, `Unable to parse input '${text}': it has no 'shape' array`);
  if (datatype !== plan.datatype) {
    const sent = shortName(datatype);
    throw new Refusal(
      400,
      `inference input '${text}' data-type is '${sent}', but model '${model}' expects '${plan.datatype}'`,
    );
  }
  checkCount(shape, text);
  if (!fits(shape, plan.dims)) {
    const { dims } = plan;
    throw new Refusal(
      400,
      `unexpected shape for input '${text}' for model '${model}'. Expected ${dimsText(dims)}, got ${dimsText(shape)}. ` +
        'A dimension of -1 may have any size.',
    );
  }
  return plan;
}

function checkCount(shape: readonly number[], input: string): void {
  let count = 1;
  let largest = 0;
  let isEmpty = false;
  for (const dim of shape) {
    if (dim === 0) isEmpty = true;
    else count *= dim;
    if (dim > largest) largest = dim;
  }
  if (!(count <= Number.MAX_SAFE_INTEGER)) throw tooManyElements(input, Number.MAX_SAFE_INTEGER);
  // Without elements no data tells, but the runtime counts dimensions in 32 bits.
  if (isEmpty && largest > LARGEST_DIM) throw tooManyElements(input, LARGEST_DIM);
}

function fits(shape: readonly number[], dims: TensorPlan['dims']): boolean {
  if (dims === null) return true;
  if (dims.length !== shape.length) return false;
  for (let at = 0; at < shape.length; at++) {
    const dim = dims[at] as number;
    if (dim >= 0 && dim !== shape[at]) return false;
  }
  return true;
}

function tooManyElements(input: string, most: number): Refusal {
  return new Refusal(400, `shape of input '${input}' causes total element count to exceed maximum size of ${most}`);
}

/** The parts of a gRPC inference request × a model → what a V2 request over HTTP becomes as well: checked tensors, and the outputs that are wanted. */
import { ProtobufError } from '../../model/protobuf-error.ts';
import { elementCount, type Tensor, type TensorData } from '../../model/tensor.ts';
import { readBinary } from '../binary/read-binary.ts';
import { fitInput } from '../fit-input.ts';
import { addInput, addOutput, checkAllThere, type OutputList, rowsOf } from '../fit-request.ts';
import type { ModelEntry, TensorPlan } from '../model-entry.ts';
import { Refusal, shortName } from '../refusal.ts';
import { allOutputs, BINARY_FORM, type Outputs } from '../v2-output.ts';
import type { V2Request } from '../v2-request.ts';
import type { InferInput, InferMessage, InferOutput } from './infer-message.ts';
import { readTyped } from './typed-contents.ts';

/** `mostRows`: of one request. Throws the 400 with the protocol's text. */
export function fitMessage(message: InferMessage, entry: ModelEntry, mostRows: number): V2Request {
  checkRaw(message, entry);
  const inputs = new Map<string, Tensor>();
  for (const [at, input] of message.inputs.entries()) {
    const { name, datatype, shape } = input;
    const plan = fitInput(entry, { name, shape, datatype }, at);
    addInput(inputs, name, { type: plan.type, dims: shape, data: dataOf(message, at, plan, entry.identity.name) });
  }
  checkAllThere(entry, inputs);
  const rows = rowsOf(entry, inputs, mostRows);
  const id = message.id === '' ? undefined : message.id;
  return { id, inputs, rows, timeoutMs: message.timeoutMs, ...outputsOf(message.outputs, entry) };
}

/** Data come raw for all inputs, or typed for all. */
function checkRaw({ inputs, raw }: InferMessage, { identity }: ModelEntry): void {
  if (raw.length === 0) return;
  const typed = inputs.find(({ contents }) => contents.length > 0);
  if (typed !== undefined) {
    const which = `'${shortName(typed.name)}' for model '${identity.name}'`;
    throw new Refusal(400, `contents field must not be specified when using raw_input_contents for ${which}`);
  }
  if (raw.length === inputs.length) return;
  throw new Refusal(
    400,
    `expected raw_input_contents for each of ${inputs.length} inputs but got ${raw.length} for model '${identity.name}'`,
  );
}

function dataOf(message: InferMessage, at: number, plan: TensorPlan, model: string): TensorData {
  const { contents, shape } = message.inputs[at] as InferInput;
  const count = elementCount(shape);
  const raw = message.raw[at];
  if (raw !== undefined) return readBinary(plan, count, raw, model);
  try {
    return readTyped(plan, { bytes: message.bytes, contents, count, model });
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw new Refusal(400, `Unable to parse the contents of input '${plan.name}': ${error.message}.`);
  }
}

function outputsOf(wanted: readonly InferOutput[], entry: ModelEntry): Outputs {
  if (wanted.length === 0) return allOutputs(entry, BINARY_FORM);
  const list: OutputList = { outputs: [], forms: [] };
  for (const { name, classes } of wanted) addOutput(list, name, { binary: true, classes }, entry);
  return list;
}

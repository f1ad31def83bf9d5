/** Output specs × signature → the codec that reads predictions out of the model's output tensors. */
import { batchDimension } from '../model/batch.ts';
import { type Signature, type TensorValue, tensorsOf } from '../model/signature.ts';
import type { Tensor } from '../model/tensor.ts';
import { checkOutputs } from './check-outputs.ts';
import type { OutputCodec, PredictionValue } from './codec.ts';
import { type ReadElement, readerOf } from './read-element.ts';
import { refuseErrors } from './refuse-errors.ts';
import type { OutputSpec } from './spec.ts';

/** Reads the value of one row: elements `[start, start + count)`, of which `dims` is the shape. */
type ReadRow = (element: ReadElement, start: number, dims: readonly number[]) => PredictionValue;

interface Member {
  readonly spec: OutputSpec;
  /** Whether the first dimension may count rows. What the runtime answers has the last word. */
  readonly mayHaveRows: boolean;
  readonly read: ReadRow;
}

/**
 * Throws CONFIG_INVALID with the findings when the outputs do not fit. A prediction is an object from output name to value:
 * - `[N]` and `[N, 1]` give a value, `[N, C]` a list, more dimensions nested lists;
 * - an output without a row dimension gives the whole of it, to every prediction;
 * - labels name the members of the last dimension (`{legit: 0.9, fraud: 0.1}`), or the values of an integer or boolean `[N]`;
 *   a value outside the labels stays a number;
 * - argmax answers the first largest member: its label, or its index; null when all are NaN;
 * - float32 comes as the double with the fewest digits, int64 and uint64 as bigint beyond 2^53, bool as boolean.
 */
export function compileOutputs(specs: readonly OutputSpec[], signature: Signature): OutputCodec {
  refuseErrors('the outputs do not fit the model', checkOutputs(specs, signature, 'outputs'));
  const tensors = tensorsOf(signature.outputs);
  const hasBatch = batchDimension(signature) !== undefined;
  const all = specs.length > 0 ? specs : tensors.map(({ name }) => plainOutput(name));
  const members = all.map((spec) => compileMember(spec, tensors, hasBatch));
  return {
    wanted: [...new Set(all.map(({ from }) => from))],
    members: all,
    decode: (outputs, rows) => {
      const predictions: Record<string, PredictionValue>[] = [];
      for (let row = 0; row < rows; row++) predictions.push({});
      for (const member of members) decodeMember(member, outputs, predictions);
      return predictions;
    },
  };
}

function plainOutput(name: string): OutputSpec {
  return { name, from: name, labels: undefined, argmax: false };
}

function compileMember(spec: OutputSpec, tensors: readonly TensorValue[], hasBatch: boolean): Member {
  const output = tensors.find(({ name }) => name === spec.from);
  const shape = output?.shape ?? null;
  const first = shape?.[0];
  // Some converters declare a first dimension of 1 and answer N.
  const mayHaveRows = hasBatch && (shape === null || (shape.length > 0 && (typeof first !== 'number' || first === 1)));
  const rowRank = shape === null ? undefined : shape.length - (mayHaveRows ? 1 : 0);
  const isScalar = rowRank === 0 || (mayHaveRows && rowRank === 1 && shape?.[1] === 1);
  const isCode = output?.elementType !== undefined && isInteger(output.elementType);
  return { spec, mayHaveRows, read: isScalar ? readScalar(spec, isCode) : readNested(spec, isCode) };
}

function isInteger(type: string): boolean {
  return type === 'bool' || type.startsWith('int') || type.startsWith('uint');
}

function decodeMember(
  { spec, mayHaveRows, read }: Member,
  outputs: ReadonlyMap<string, Tensor>,
  predictions: readonly Record<string, PredictionValue>[],
): void {
  const tensor = outputs.get(spec.from);
  if (tensor === undefined) throw new Error(`the engine did not answer the output "${spec.from}"`);
  const rows = predictions.length;
  const hasRows = mayHaveRows && tensor.dims.length > 0 && tensor.dims[0] === rows;
  const dims = hasRows ? tensor.dims.slice(1) : tensor.dims;
  const count = hasRows && rows > 0 ? tensor.data.length / rows : 0;
  const element = readerOf(tensor);
  for (let row = 0; row < rows; row++) {
    setMember(predictions[row] as Record<string, PredictionValue>, spec.name, read(element, row * count, dims));
  }
}

function readScalar({ labels, argmax }: OutputSpec, isCode: boolean): ReadRow {
  return (element, start, dims) => {
    // A model may answer more than it declares.
    if (dims.some((dim) => dim !== 1)) return nest(element, start, dims, readLast(labels, argmax));
    if (labels === undefined) return argmax ? 0 : element(start);
    return isCode ? decodeLabel(element(start), labels) : readLast(labels, argmax)(element, start, 1);
  };
}

function readNested({ labels, argmax }: OutputSpec, isCode: boolean): ReadRow {
  const last = readLast(labels, argmax);
  return (element, start, dims) => {
    if (dims.length > 0) return nest(element, start, dims, last);
    return labels !== undefined && isCode ? decodeLabel(element(start), labels) : element(start);
  };
}

function decodeLabel(value: ReturnType<ReadElement>, labels: readonly string[]): PredictionValue {
  return labels[Number(value)] ?? value;
}

type ReadLast = (element: ReadElement, start: number, count: number) => PredictionValue;

function nest(element: ReadElement, start: number, dims: readonly number[], last: ReadLast): PredictionValue {
  const [count = 1, ...rest] = dims;
  if (rest.length === 0) return last(element, start, count);
  const size = rest.reduce((product, dim) => product * dim, 1);
  return Array.from({ length: count }, (_, at) => nest(element, start + at * size, rest, last));
}

/** What becomes of the last dimension. */
function readLast(labels: readonly string[] | undefined, argmax: boolean): ReadLast {
  if (argmax) {
    return (element, start, count) => {
      const at = largest(element, start, count);
      return at === undefined ? null : (labels?.[at] ?? at);
    };
  }
  return (element, start, count) => {
    const values: PredictionValue[] = new Array(count);
    for (let at = 0; at < count; at++) values[at] = element(start + at);
    if (labels === undefined || labels.length !== count) return values;
    const named: Record<string, PredictionValue> = {};
    for (let at = 0; at < count; at++) setMember(named, labels[at] as string, values[at] as PredictionValue);
    return named;
  };
}

/** Position of the first largest value that is a number; undefined when none is. */
function largest(element: ReadElement, start: number, count: number): number | undefined {
  let best: number | undefined;
  let top: PredictionValue = null;
  for (let at = 0; at < count; at++) {
    const value = element(start + at);
    if (Number.isNaN(value)) continue;
    if (best === undefined || (value as number) > (top as number)) {
      best = at;
      top = value;
    }
  }
  return best;
}

/** Assigns a member; a name like `__proto__` becomes a member as well. */
function setMember(target: Record<string, PredictionValue>, name: string, value: PredictionValue): void {
  if (name !== '__proto__') target[name] = value;
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

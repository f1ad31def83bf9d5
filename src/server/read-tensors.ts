/** Raw tensors in a `/predict` body → the model's inputs: whole (`inputs`), or row by row (`instances` of a model without features). */
import { elementCount, type Tensor, type Tensors } from '../model/tensor.ts';
import { plural } from '../plural.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, type JsonReader, OPEN_BRACE, OPEN_BRACKET } from './json/json-reader.ts';
import { nestingAt, readNested, UNKNOWN } from './json/read-nested.ts';
import { skipValue } from './json/read-value.ts';
import { SeenKeys } from './json/seen-keys.ts';
import { TensorSink } from './json/tensor-sink.ts';
import type { ModelEntry, TensorPlan } from './model-entry.ts';
import { pointerStep, type Violations } from './refusal.ts';
import type { RowBatch, RowLimit } from './row-batch.ts';

interface Growing {
  readonly plan: TensorPlan;
  readonly sink: TensorSink;
  /** Lengths below the row dimension (or all, for a whole tensor); undefined until the rank is known. */
  dims: number[] | undefined;
}

export interface TensorReading {
  readonly reader: JsonReader;
  readonly entry: ModelEntry;
  readonly violations: Violations;
  readonly limit: RowLimit;
}

/** `{"input": nested array, …}` at the cursor. */
export function readInputs({ reader, entry, violations, limit }: TensorReading): RowBatch {
  const growing = entry.inputs.map((plan) => grow(plan, plan.dims));
  readMembers({ reader, entry, violations, limit }, '/inputs', (at) => {
    readInto(reader, growing[at] as Growing, `/inputs${pointerStep(entry.inputs[at]?.name ?? '')}`, violations);
  });
  violations.check();
  const tensors = growing.map((each) => finish(each, []));
  const rows = entry.batch === undefined ? 1 : (tensors[0]?.dims[0] ?? 1);
  limit(rows, '/inputs');
  tensors.forEach((tensor, at) => {
    if (entry.batch === undefined || tensor.dims[0] === rows) return;
    violations.add(
      `/inputs${pointerStep(entry.inputs[at]?.name ?? '')}`,
      'shape',
      `${plural(rows, 'row')}, as the first input has`,
    );
  });
  if (rows === 0) violations.add('/inputs', 'minRows', 'at least one row');
  violations.check();
  return { inputs: byName(entry, tensors), rows };
}

/** `[row, …]` at the cursor; a row is an object of input values, or the value itself where the model has one input. */
export function readRows({ reader, entry, violations, limit }: TensorReading): RowBatch {
  const isBatched = entry.batch !== undefined;
  const growing = entry.inputs.map((plan) => grow(plan, isBatched ? (plan.dims?.slice(1) ?? null) : plan.dims));
  const sole = growing.length === 1 ? growing[0] : undefined;
  let rows = 0;
  reader.open(OPEN_BRACKET);
  for (; reader.more(rows === 0, CLOSE_BRACKET); rows++) {
    limit(rows + 1, '/instances');
    const pointer = `/instances/${rows}`;
    if (reader.peek() === OPEN_BRACE) {
      readMembers({ reader, entry, violations, limit }, pointer, (at) => {
        readInto(reader, growing[at] as Growing, `${pointer}${pointerStep(entry.inputs[at]?.name ?? '')}`, violations);
      });
    } else if (sole !== undefined) {
      readInto(reader, sole, pointer, violations);
    } else {
      skipValue(reader);
      violations.add(
        pointer,
        'type',
        `an object with ${entry.inputs.map(({ name }) => JSON.stringify(name)).join(', ')}`,
      );
    }
  }
  if (rows === 0) violations.add('/instances', 'minRows', 'at least one row');
  violations.check();
  const tensors = growing.map((each) => finish(each, isBatched ? [rows] : []));
  return { inputs: byName(entry, tensors), rows };
}

/** An object of input values; `readMember` gets the index of each input, with the cursor at its value. */
function readMembers(
  { reader, entry, violations }: TensorReading,
  pointer: string,
  readMember: (input: number) => void,
): void {
  const seen = new SeenKeys();
  let guess = 0;
  reader.open(OPEN_BRACE);
  for (let first = true; reader.more(first, CLOSE_BRACE); first = false) {
    const key = reader.keyIn(entry.inputKeys, guess);
    const name = typeof key === 'string' ? key : (entry.inputKeys.names[key] as string);
    seen.add(reader, name);
    if (typeof key === 'number') {
      readMember(key);
      guess = key + 1;
      continue;
    }
    skipValue(reader);
    const expected = entry.defaulted.has(name)
      ? 'nothing: the runtime always uses the default that the model holds'
      : 'no member but the inputs of the model';
    violations.add(`${pointer}${pointerStep(name)}`, 'unknown', expected);
  }
  for (const { name, datatype, dims } of entry.inputs) {
    if (seen.has(name)) continue;
    violations.add(
      `${pointer}${pointerStep(name)}`,
      'missing',
      `${datatype} values${dims === null ? '' : ` of shape [${dims.join(',')}]`}`,
    );
  }
}

function grow(plan: TensorPlan, dims: readonly number[] | null): Growing {
  const known = dims?.every((dim) => dim !== UNKNOWN) ? elementCount(dims) : 0;
  // Room is made as values arrive: a shape alone must not take memory.
  return {
    plan,
    sink: new TensorSink(plan.type, Math.min(known, 64), false),
    dims: dims === null ? undefined : [...dims],
  };
}

/** The value at the cursor, after what the sink already holds. */
function readInto(reader: JsonReader, growing: Growing, pointer: string, violations: Violations): void {
  growing.dims ??= new Array<number>(nestingAt(reader)).fill(UNKNOWN);
  const path: number[] = [];
  const onProblem = (rule: string, level: number, expected: string): void => {
    const below = level === 0 ? '' : `/${path.slice(0, level).join('/')}`;
    violations.add(`${pointer}${below}`, rule, expected);
  };
  readNested({ reader, sink: growing.sink, dims: growing.dims, path, onProblem }, 0);
}

function finish({ plan, sink, dims }: Growing, outer: readonly number[]): Tensor {
  // A length below an empty array was never seen.
  const inner = (dims ?? []).map((dim) => (dim === UNKNOWN ? 0 : dim));
  return { type: plan.type, dims: [...outer, ...inner], data: sink.take() };
}

function byName(entry: ModelEntry, tensors: readonly Tensor[]): Tensors {
  return new Map(tensors.map((tensor, at) => [entry.inputs[at]?.name ?? '', tensor]));
}

/** Compiled columns → an encoder: cells of rows in, tensors out. The loop that runs for every cell of every request. */
import { encodeFloat16 } from '../model/float16.ts';
import {
  allocate,
  elementCount,
  type NumericData,
  type Tensor,
  type TensorData,
  type Tensors,
} from '../model/tensor.ts';
import type { FeatureValue, RowEncoder, Violation } from './codec.ts';
import { type CompiledColumn, explainNumber } from './compile-column.ts';
import { type Element, type ElementStore, isSendable } from './element.ts';
import type { InputLayout } from './input-layout.ts';

const UNSET = 0;
const SET = 1;
/** The cell was refused, which has been said already. */
const BAD = 2;

/** One model input and the columns that fill it. */
export interface InputPlan extends InputLayout {
  readonly name: string;
}

export interface ColumnPlan extends CompiledColumn {
  /** Index into the inputs. */
  readonly input: number;
  readonly position: number;
  /** Width of that input. */
  readonly width: number;
  /** Bounds of a number stored as it is, which most cells are; NaN, which nothing reaches, for other cells. */
  readonly low: number;
  readonly high: number;
}

export interface EncoderPlan {
  readonly inputs: readonly InputPlan[];
  readonly columns: readonly ColumnPlan[];
  /** Rows to make room for. */
  readonly capacity: number;
}

export function rowEncoder(plan: EncoderPlan): RowEncoder {
  return new Encoder(plan);
}

/** A class, not an object of functions: one is made for every request, and closures and accessors would cost more than the cells do. */
class Encoder implements RowEncoder {
  readonly #inputs: readonly InputPlan[];
  readonly #columns: readonly ColumnPlan[];
  readonly #data: TensorData[] = [];
  readonly #states: Uint8Array;
  #room: number;
  rows = 0;

  constructor({ inputs, columns, capacity }: EncoderPlan) {
    this.#inputs = inputs;
    this.#columns = columns;
    this.#room = Math.max(1, capacity);
    this.#states = new Uint8Array(columns.length);
    for (const { type, width } of inputs) this.#data.push(allocate(type, this.#room * width));
  }

  set(column: number, value: FeatureValue): Violation | undefined {
    if (this.rows === this.#room) this.#grow();
    const plan = this.#columns[column] as ColumnPlan;
    if (typeof value === 'number' && value >= plan.low && value <= plan.high && (!plan.isInteger || value % 1 === 0)) {
      (this.#data[plan.input] as NumericStore)[this.rows * plan.width + plan.position] = value;
      this.#states[column] = SET;
      return undefined;
    }
    const element = value === null ? undefined : elementOf(plan, value);
    if (element === undefined) {
      this.#states[column] = UNSET;
      return undefined;
    }
    if (typeof element === 'object') {
      this.#states[column] = BAD;
      return element;
    }
    this.#store(plan, element);
    this.#states[column] = SET;
    return undefined;
  }

  endRow(): readonly Violation[] {
    if (this.rows === this.#room) this.#grow();
    const states = this.#states;
    let missing: Violation[] | undefined;
    for (let at = 0; at < states.length; at++) {
      const state = states[at];
      states[at] = UNSET;
      if (state !== UNSET) continue;
      const plan = this.#columns[at] as ColumnPlan;
      if (plan.fallback !== undefined) this.#store(plan, plan.fallback);
      else {
        missing ??= [];
        missing.push({ rule: 'missing', column: plan.column.name, expected: plan.expected });
      }
    }
    this.rows++;
    return missing ?? NONE;
  }

  finish(): Tensors {
    const tensors = new Map<string, Tensor>();
    this.#inputs.forEach((input, at) => {
      tensors.set(input.name, finished(input, this.#data[at] as TensorData, this.rows));
    });
    return tensors;
  }

  #store({ input, position, width }: ColumnPlan, element: Element): void {
    (this.#data[input] as ElementStore)[this.rows * width + position] = element;
  }

  #grow(): void {
    this.#room *= 2;
    this.#inputs.forEach(({ type, width }, at) => {
      const old = this.#data[at] as TensorData;
      const next = allocate(type, this.#room * width);
      if (Array.isArray(next)) for (let i = 0; i < old.length; i++) next[i] = old[i] as string;
      else (next as Float64Array).set(old as Float64Array);
      this.#data[at] = next;
    });
  }
}

/** Narrower than `ElementStore`, so that the store above stays one of doubles. */
type NumericStore = Record<number, number>;

const NONE: readonly Violation[] = [];

/** The tensor of exactly the rows written; its buffer holds nothing else, so it can be transferred. */
function finished({ type, width, dims }: InputPlan, data: TensorData, rows: number): Tensor {
  const length = rows * width;
  const shape = dims(rows);
  if (elementCount(shape) !== length) throw new Error('a model without a batch dimension takes one row a call');
  const exact = data.length === length ? data : (data as NumericData).slice(0, length);
  return { type, dims: shape, data: exact };
}

/** The element for a cell, a violation, or undefined for a value that counts as missing. */
function elementOf(plan: ColumnPlan, value: Exclude<FeatureValue, null>): Element | Violation | undefined {
  if (plan.kind === 'number') return numberElement(plan, value);
  if (plan.kind === 'string') return stringElement(plan, value);
  const label = plan.column.type === 'category' && typeof value !== 'string' ? String(value) : value;
  const element = plan.elements.get(label);
  if (element !== undefined) return element;
  if (plan.column.type === 'category' && plan.column.onUnknown === 'ignore') return undefined;
  const rule = plan.column.type === 'category' ? 'values' : 'type';
  return { rule, column: plan.column.name, expected: plan.expected };
}

function numberElement(plan: ColumnPlan, value: Exclude<FeatureValue, null>): Element | Violation | undefined {
  const { bounds, storage, isInteger } = plan;
  // Comparing a number with a bigint is exact, and false for NaN.
  if (
    typeof value === 'number' &&
    value >= bounds.min &&
    value <= bounds.max &&
    (!isInteger || Number.isInteger(value))
  ) {
    if (storage === 'plain') return value;
    return storage === 'bigint' ? BigInt(value) : (encodeFloat16(value) as number);
  }
  if (typeof value === 'bigint' && value >= bounds.min && value <= bounds.max) {
    if (storage === 'bigint') return value;
    return storage === 'plain' ? Number(value) : (encodeFloat16(Number(value)) as number);
  }
  if (Number.isNaN(value) && plan.column.onMissing === 'nan') return undefined;
  return explainNumber(plan, value);
}

function stringElement(plan: ColumnPlan, value: Exclude<FeatureValue, null>): Element | Violation {
  const { column, expected, maxLength, pattern } = plan;
  if (typeof value !== 'string') return { rule: 'type', column: column.name, expected };
  if (value.length > maxLength && isLongerThan(value, maxLength)) {
    return { rule: 'maxLength', column: column.name, expected };
  }
  if (!isSendable(value)) {
    return { rule: 'type', column: column.name, expected: `${expected}, without NUL and broken surrogate pairs` };
  }
  if (pattern !== undefined && !pattern(value)) return { rule: 'pattern', column: column.name, expected };
  return value;
}

/** Whether a text has more code points than some number; a code point is one or two units. */
function isLongerThan(text: string, limit: number): boolean {
  if (text.length > 2 * limit) return true;
  let count = 0;
  for (const _ of text) count++;
  return count > limit;
}

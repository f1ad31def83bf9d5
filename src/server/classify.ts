/** An output and a number of classes → its largest values as text, `value:index` or `value:index:label`, largest first (classification extension). */
import { protocolName, type ServableType } from '../model/element-type.ts';
import type { Tensor } from '../model/tensor.ts';
import { Refusal } from './refusal.ts';

export interface Classification {
  /** Most values to answer, for each row. */
  readonly classes: number;
  /** Rows of the request; undefined for a model that has none. */
  readonly rows: number | undefined;
  /** Names of the positions; undefined where there are none. */
  readonly labels: readonly string[] | undefined;
}

/** Values are sorted and written one by one: more would hold up everybody else. */
const MOST_ELEMENTS = 1_000_000;

/** Throws the 400 for types that have no order, or whose values do not print as numbers. */
export function refuseUnordered(type: ServableType): void {
  if (type !== 'float16' && type !== 'bool' && type !== 'string') return;
  const name = protocolName(type);
  throw new Refusal(400, `class result not available for output due to unsupported type '${name}'`);
}

/** Shape `[rows, k]` where the output has a row for each of the request, else `[k]`. Throws the 400 for outputs that cannot be classified. */
export function classify({ type, dims, data }: Tensor, { classes, rows, labels }: Classification): Tensor {
  refuseUnordered(type);
  if (data.length > MOST_ELEMENTS) throw new Refusal(400, 'classification output tensor too large');
  const hasRows = rows !== undefined && rows > 0 && dims.length > 0 && dims[0] === rows;
  const values = data as Values;
  const count = hasRows ? values.length / rows : values.length;
  const wanted = Math.min(classes, count);
  const text = type.startsWith('float') ? (value: number | bigint) => fixed6(value as number) : String;
  const answer: string[] = [];
  for (let row = 0; row < (hasRows ? rows : 1); row++) {
    const start = row * count;
    for (const at of largest(values, start, count, wanted)) {
      const label = labels?.[at];
      answer.push(`${text(values[start + at] as number | bigint)}:${at}${label === undefined ? '' : `:${label}`}`);
    }
  }
  return { type: 'string', dims: hasRows ? [rows, wanted] : [wanted], data: answer };
}

type Values = ArrayLike<number | bigint>;

/** Positions of the `wanted` largest values, from `start` on; the first comes first among equals, NaN comes last. */
function largest(values: Values, start: number, count: number, wanted: number): readonly number[] {
  const isBefore = (a: number, b: number): boolean => {
    const x = values[start + a] as number;
    const y = values[start + b] as number;
    if (x > y) return true;
    if (x < y) return false;
    if (x === y) return a < b;
    return Number.isNaN(y) && (!Number.isNaN(x) || a < b);
  };
  // A heap with the last of the best on top, so that one pass is enough however many there are.
  const heap: number[] = [];
  for (let at = 0; at < count && wanted > 0; at++) {
    if (heap.length < wanted) rise(heap, at, isBefore);
    else if (isBefore(at, heap[0] as number)) sink(heap, at, isBefore);
  }
  return heap.sort((a, b) => (isBefore(a, b) ? -1 : 1));
}

type IsBefore = (a: number, b: number) => boolean;

function rise(heap: number[], added: number, isBefore: IsBefore): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as number;
    if (!isBefore(above, added)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = added;
}

function sink(heap: number[], added: number, isBefore: IsBefore): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child] as number, heap[child + 1] as number)) child++;
    if (!isBefore(added, heap[child] as number)) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = added;
}

/** As C's `%f`: six decimals, ties to even, never an exponent. */
function fixed6(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  if (size >= 1e21) return `${sign}${BigInt(size)}.000000`;
  // A tie is a multiple of 2^-7, so this product is exact where there is one.
  const scaled = size * 1e6;
  const isTie = scaled < 2 ** 52 && scaled - Math.floor(scaled) === 0.5 && Number.isInteger(size * 128);
  if (isTie && Math.floor(scaled) % 2 === 0) return `${sign}${(Math.floor(scaled) / 1e6).toFixed(6)}`;
  return `${sign}${size.toFixed(6)}`;
}

/** A nested array of one tensor × its element type → dims and row-major elements. */
import type { ServableType } from '../../model/element-type.ts';
import { allocate, elementCount, type TensorData } from '../../model/tensor.ts';
import { type Element, type ElementStore, toElement } from '../element.ts';
import type { RowValue } from './row.ts';

export interface NestedTensor {
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/** What is wrong with a nested array, in words, without the value. */
export class NestedError extends Error {
  override readonly name = 'NestedError';
}

/** Throws `NestedError` for arrays of unequal length and elements that are not of the type. */
export function readNested(value: RowValue, type: ServableType): NestedTensor {
  const dims: number[] = [];
  for (let at = value; isArray(at); at = at[0] ?? null) dims.push(at.length);
  // An empty array ends the descent: what would stand below it cannot be known.
  // Checked before anything is allocated: the product of the first lengths may be far more than what is there.
  checkShape(value, dims, 0);
  const data = allocate(type, elementCount(dims));
  const store: ElementStore = data;
  let next = 0;
  const fill = (part: RowValue): void => {
    if (isArray(part)) {
      for (const each of part) fill(each);
      return;
    }
    const element = convert(type, part);
    if (element === undefined) throw new NestedError(`an element is not ${EXPECTED[type] ?? `of type ${type}`}`);
    store[next++] = element;
  };
  fill(value);
  return { dims, data };
}

function checkShape(part: RowValue, dims: readonly number[], depth: number): void {
  const length = isArray(part) ? part.length : undefined;
  if (length !== dims[depth]) throw new NestedError('arrays of unequal length or depth');
  if (isArray(part)) for (const each of part) checkShape(each, dims, depth + 1);
}

function isArray(value: RowValue): value is readonly RowValue[] {
  return Array.isArray(value);
}

function convert(type: ServableType, value: RowValue): Element | undefined {
  if (value === null || typeof value === 'object') return undefined;
  return typeof value === 'boolean' && type !== 'bool' ? undefined : toElement(type, value);
}

const EXPECTED: Partial<Record<ServableType, string>> = {
  bool: 'true, false, 1 or 0',
  string: 'a string without NUL and unpaired surrogates',
};

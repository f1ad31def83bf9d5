/** The text of a CSV cell → a value of the column's type. What does not read as the type stays text, for the codec to refuse. */
import type { FeatureValue } from '../codec.ts';
import { isRoundedToInteger } from '../exact-integer.ts';

/** How the cells of a column are written. */
export type CellType = 'number' | 'integer' | 'boolean' | 'text';

const INTEGER = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const NOT_FINITE = new Map<string, number>([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['+inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
  ['+infinity', Number.POSITIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]);
const BOOLEAN = new Map<string, boolean>([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** Undefined for an empty cell: the value is missing. Integers beyond 2^53 become bigint. */
export function readCell(text: string, type: CellType): FeatureValue | undefined {
  if (type === 'text') return text === '' ? undefined : text;
  const word = text.trim();
  if (word === '') return undefined;
  if (type === 'boolean') return BOOLEAN.get(word.toLowerCase()) ?? text;
  if (INTEGER.test(word)) {
    const number = Number(word);
    return Number.isSafeInteger(number) || type === 'number' ? number : BigInt(word.replace('+', ''));
  }
  if (DECIMAL.test(word)) {
    const number = Number(word);
    return type === 'integer' && isRoundedToInteger(number, word.replace('+', '')) ? text : number;
  }
  return NOT_FINITE.get(word.toLowerCase()) ?? text;
}

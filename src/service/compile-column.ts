/** One feature column × the element type it goes to → everything its cells need, worked out once. */
import type { ServableType } from '../model/element-type.ts';
import type { FeatureValue, Violation } from './codec.ts';
import { BOUNDS, type Bounds, type Element, isFloat, toElement } from './element.ts';
import { compilePattern, type PatternTest } from './pattern.ts';
import type { FeatureColumn } from './spec.ts';

/** How a number reaches the typed array. */
export type Storage = 'plain' | 'bigint' | 'float16';

/** Longest text of a string column that says nothing else, in characters. */
export const DEFAULT_MAX_LENGTH = 10_000;

export interface CompiledColumn {
  readonly column: FeatureColumn;
  readonly kind: 'number' | 'lookup' | 'string';
  readonly storage: Storage;
  readonly isInteger: boolean;
  /** The tighter of the column's bounds and those of the element type. */
  readonly bounds: Bounds;
  /** Element by label, for categories and booleans. */
  readonly elements: ReadonlyMap<FeatureValue, Element>;
  readonly maxLength: number;
  readonly pattern: PatternTest | undefined;
  /** What a missing cell becomes; undefined: the row is refused. */
  readonly fallback: Element | undefined;
  readonly expected: string;
}

/** Compiles a column that `checkColumn` has no complaint about. */
export function compileColumn(column: FeatureColumn, type: ServableType): CompiledColumn {
  const isInteger = column.type === 'integer';
  const bounds = boundsOf(column, type);
  const maxLength = column.maxLength ?? DEFAULT_MAX_LENGTH;
  return {
    column,
    kind: column.type === 'string' ? 'string' : column.type === 'number' || isInteger ? 'number' : 'lookup',
    storage: type === 'float16' ? 'float16' : type === 'int64' || type === 'uint64' ? 'bigint' : 'plain',
    isInteger,
    bounds,
    elements: elementsOf(column, type),
    maxLength,
    pattern: column.pattern === undefined ? undefined : compilePattern(column.pattern),
    fallback: fallbackOf(column, type),
    expected: describe(column, bounds, maxLength, type),
  };
}

/** The element that `onMissing` puts into an empty cell; undefined when it refuses the row or does not fit the type. */
export function fallbackOf(column: FeatureColumn, type: ServableType): Element | undefined {
  const { onMissing, values } = column;
  if (onMissing === 'reject') return undefined;
  if (onMissing === 'nan') return isFloat(type) ? toElement(type, Number.NaN) : undefined;
  const { impute } = onMissing;
  // A label stands for its number; a number that is no label is fed as it is, as encoders do with -1 for "unknown".
  if (values instanceof Map) return toElement(type, values.get(String(impute)) ?? impute);
  return toElement(type, column.type === 'category' && type === 'string' ? String(impute) : impute);
}

function elementsOf(
  { type: featureType, values }: FeatureColumn,
  type: ServableType,
): ReadonlyMap<FeatureValue, Element> {
  const pairs: (readonly [FeatureValue, string | number | boolean])[] =
    featureType === 'boolean'
      ? [
          [false, false],
          [true, true],
        ]
      : values instanceof Map
        ? [...values]
        : [...(values ?? [])].map((label) => [label as string, label as string]);
  const elements = new Map<FeatureValue, Element>();
  for (const [label, value] of pairs) {
    const element = toElement(type, value);
    if (element !== undefined) elements.set(label, element);
  }
  return elements;
}

function boundsOf({ min, max }: FeatureColumn, type: ServableType): Bounds {
  const own: Bounds = type === 'string' ? { min: 0, max: 0 } : BOUNDS[type];
  return {
    min: min !== undefined && min > own.min ? min : own.min,
    max: max !== undefined && max < own.max ? max : own.max,
  };
}

function describe(column: FeatureColumn, bounds: Bounds, maxLength: number, type: ServableType): string {
  switch (column.type) {
    case 'boolean':
      return 'true or false';
    case 'string': {
      const pattern = column.pattern === undefined ? '' : `, matching ${column.pattern}`;
      return `text of at most ${maxLength} characters${pattern}`;
    }
    case 'category': {
      const labels = column.values instanceof Map ? [...column.values.keys()] : [...(column.values ?? [])];
      const shown = labels.slice(0, 20).map((label) => JSON.stringify(label));
      const rest = labels.length > 20 ? `, … (${labels.length} in all)` : '';
      return `one of ${shown.join(', ')}${rest}`;
    }
    default:
      return describeNumber(column, bounds, type);
  }
}

/** Bounds of the type itself are only worth saying where people meet them. */
function describeNumber(column: FeatureColumn, { min, max }: Bounds, type: ServableType): string {
  const noun = column.type === 'integer' ? 'an integer' : 'a number';
  const isWide = isFloat(type) || type === 'int64' || type === 'uint64';
  const low = column.min !== undefined || !isWide ? ` of at least ${min}` : '';
  const high = column.max !== undefined || !isWide ? `${low === '' ? ' of' : ' and'} at most ${max}` : '';
  return `${noun}${low}${high}`;
}

/** Why a number cell refuses a value. The value itself is not repeated. */
export function explainNumber(compiled: CompiledColumn, value: FeatureValue): Violation {
  const { column, bounds, isInteger, expected } = compiled;
  const { name } = column;
  const isNumber = typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value));
  if (!isNumber || (isInteger && typeof value === 'number' && !Number.isInteger(value))) {
    return { rule: 'type', column: name, expected };
  }
  if (value < bounds.min) return { rule: 'min', column: name, expected };
  return { rule: 'max', column: name, expected };
}
